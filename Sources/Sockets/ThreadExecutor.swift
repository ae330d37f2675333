internal import CLinux
internal import Synchronization

/// A thread of its own that runs the jobs of the actors pinned to it, in order.
///
/// For work that blocks: the database, files, a device. An actor returns
/// `executor.asUnownedSerialExecutor()` from `unownedExecutor` and then really runs here. The thread lives as
/// long as the process.
public final class ThreadExecutor: SerialExecutor {
  private enum Item {
    case job(UnownedJob)
    case work(@Sendable () -> Void)
  }

  /// The thread's name in the system's tools.
  public let name: String
  private let wake: FileDescriptor
  private let items = Mutex<[Item]>([])
  private let marker = Atomic<UInt>(0)

  /// Starts the thread.
  ///
  /// Throws `SocketError.system` when the system refuses a thread or an eventfd.
  public init(name: String) throws(SocketError) {
    self.name = name
    wake = FileDescriptor(owning: try check(clinux_eventfd(0), "eventfd"))
    try Thread.start(name: name) { self.run() }
  }

  /// Runs a job of an actor pinned to this thread.
  public func enqueue(_ job: consuming ExecutorJob) {
    add(.job(UnownedJob(job)))
  }

  /// Runs blocking work on the thread and hands its result back.
  public func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      add(.work { continuation.resume(with: Result(catching: work)) })
    }
  }

  /// Whether the caller is on this thread.
  public var isCurrent: Bool { marker.load(ordering: .relaxed) == Thread.marker }

  /// Traps unless the caller is on this thread (SE-0424).
  public func checkIsolated() {
    precondition(isCurrent, "expected to run on the thread \(name)")
  }

  private func add(_ item: sending Item) {
    let wasEmpty = items.withLock { items in
      items.append(item)
      return items.count == 1
    }
    if wasEmpty { _ = clinux_eventfd_signal(wake.rawValue) }
  }

  private func run() {
    marker.store(Thread.marker, ordering: .relaxed)
    while true {
      let batch = items.withLock { items in
        let taken = items
        items = []
        return taken
      }
      for item in batch {
        switch item {
        case .job(let job): unsafe job.runSynchronously(on: asUnownedSerialExecutor())
        case .work(let work): work()
        }
      }
      if batch.isEmpty { _ = clinux_eventfd_take(wake.rawValue) }
    }
  }
}
