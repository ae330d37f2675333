internal import CLinux
internal import Synchronization

/// One thread that waits for sockets (epoll), timers and the jobs of the actors pinned to it.
///
/// Nothing that runs here may block. Actors return `loop.asUnownedSerialExecutor()` from `unownedExecutor`,
/// so that a readiness event and the code that reads are on one thread. The thread lives as long as the
/// process.
public final class EventLoop: SerialExecutor {
  /// Bytes one connection may take in one turn, for fairness.
  public static let bytesPerTurn = 64 * 1024

  private enum Item {
    case job(UnownedJob)
    case work(@Sendable () -> Void)
  }

  private struct Inbox {
    var items: [Item] = []
    var isSleeping = false
  }

  private let epoll: FileDescriptor
  private let wake: FileDescriptor
  private let inbox = Mutex(Inbox())
  private let marker = Atomic<UInt>(0)
  let confined = LoopState()

  /// Opens epoll and starts the thread.
  ///
  /// Throws `SocketError.system` when the system refuses one of them.
  public init(name: String = "event-loop") throws(SocketError) {
    epoll = FileDescriptor(owning: try check(clinux_epoll_create(), "epoll_create1"))
    wake = FileDescriptor(owning: try check(clinux_eventfd(1), "eventfd"))
    clinux_ignore_sigpipe()
    _ = try check(clinux_epoll_add_reader(epoll.rawValue, wake.rawValue, 0), "epoll_ctl")
    try Thread.start(name: name) { self.run() }
  }

  /// Runs a job of an actor pinned to this loop.
  public func enqueue(_ job: consuming ExecutorJob) {
    add(.job(UnownedJob(job)))
  }

  /// Runs short work on the loop's thread, after what is queued already.
  public func execute(_ work: @escaping @Sendable () -> Void) {
    add(.work(work))
  }

  /// Whether the caller is on the loop's thread.
  public var isCurrent: Bool { marker.load(ordering: .relaxed) == Thread.marker }

  /// Traps unless the caller is on the loop's thread (SE-0424).
  public func checkIsolated() {
    precondition(isCurrent, "expected to run on the event loop's thread")
  }

  /// Calls `body` on the loop's thread at `deadline`; call it on that thread.
  public func schedule(at deadline: MonotonicInstant, _ body: @escaping @Sendable () -> Void) -> TimerID {
    checkIsolated()
    return confined.timers.add(at: deadline, body)
  }

  /// Forgets a timer; call it on the loop's thread.
  ///
  /// A timer that has fired is ignored.
  public func cancel(_ timer: TimerID) {
    checkIsolated()
    confined.timers.remove(timer)
  }

  /// Starts to report the readiness of `descriptor` to `readiness`; call it on the loop's thread.
  func register(_ descriptor: FileDescriptor, for readiness: Readiness) throws(SocketError) -> UInt64 {
    checkIsolated()
    let token = confined.add(readiness)
    let result = clinux_epoll_add(epoll.rawValue, descriptor.rawValue, token)
    if result < 0 {
      confined.remove(token)
      throw .system(call: "epoll_ctl", errno: -result)
    }
    return token
  }

  /// Stops to report the readiness of a descriptor; call it on the loop's thread.
  func deregister(_ descriptor: FileDescriptor, token: UInt64) {
    checkIsolated()
    confined.remove(token)
    _ = clinux_epoll_remove(epoll.rawValue, descriptor.rawValue)
  }

  private func add(_ item: sending Item) {
    let mustWake = inbox.withLock { inbox in
      inbox.items.append(item)
      defer { inbox.isSleeping = false }
      return inbox.isSleeping
    }
    if mustWake { _ = clinux_eventfd_signal(wake.rawValue) }
  }

  // MARK: - The loop's thread

  private func run() {
    marker.store(Thread.marker, ordering: .relaxed)
    while true {
      runItems()
      let now = MonotonicInstant.now
      while let body = confined.timers.takeDue(at: now) { body() }
      poll()
    }
  }

  private func runItems() {
    let batch = inbox.withLock { inbox in
      let taken = inbox.items
      inbox.items = []
      return taken
    }
    for item in batch {
      switch item {
      case .job(let job): unsafe job.runSynchronously(on: asUnownedSerialExecutor())
      case .work(let work): work()
      }
    }
  }

  private func poll() {
    let mayWait = inbox.withLock { inbox in
      inbox.isSleeping = inbox.items.isEmpty
      return inbox.isSleeping
    }
    let timeout = mayWait ? confined.timers.millisecondsUntilNext(from: MonotonicInstant.now) : 0
    let count = confined.wait(on: epoll, timeout: timeout)
    inbox.withLock { $0.isSleeping = false }
    for index in 0..<count {
      let event = confined.events[index]
      if event.token == 0 {
        _ = clinux_eventfd_take(wake.rawValue)
      } else {
        confined.holder(of: event.token)?.report(event.events)
      }
    }
  }
}
