internal import CLinux

/// Lets one reader and one writer wait until a descriptor is ready.
///
/// `@unchecked Sendable` because its state is touched on the loop's thread alone: `wait` is called by an actor
/// pinned to the loop, `report` by the loop, and cancellation goes through `EventLoop.execute`.
final class Readiness: @unchecked Sendable {
  enum Direction: Sendable {
    case read
    case write
  }

  enum Outcome: Sendable {
    case ready
    case timedOut
    case cancelled
    case closed
    case interrupted
    case busy
  }

  private struct Slot {
    var waiter: CheckedContinuation<Outcome, Never>?
    var waitID: UInt32 = 0
    /// An edge came while nobody waited.
    var isReady = false
    /// When the wait that goes on ends.
    var deadline: MonotonicInstant?
    /// One timer for many waits: it rings for the earliest deadline it was set for and looks again then.
    var timer: (id: TimerID, at: MonotonicInstant)?
  }

  private let loop: EventLoop
  private var reader = Slot()
  private var writer = Slot()
  private(set) var isClosed = false
  /// The peer will send nothing more.
  private(set) var hasEnded = false

  init(loop: EventLoop) {
    self.loop = loop
  }

  /// Waits for an edge.
  ///
  /// Returns at once if one came since the last wait: the caller tries again and may find nothing, which
  /// costs one call but can lose no event.
  func wait(
    for direction: Direction, until deadline: MonotonicInstant?, isolation: isolated (any Actor)? = #isolation
  ) async -> Outcome {
    loop.checkIsolated()
    if isClosed { return .closed }
    if self[direction].isReady {
      self[direction].isReady = false
      return .ready
    }
    if self[direction].waiter != nil { return .busy }
    self[direction].waitID &+= 1
    let id = self[direction].waitID
    self[direction].deadline = deadline
    if let deadline { arm(direction, deadline) }
    return await withTaskCancellationHandler {
      _ = isolation  // Captured, or this closure would run off the loop (SE-0420).
      return await withCheckedContinuation { continuation in
        loop.checkIsolated()
        self[direction].waiter = continuation
      }
    } onCancel: {
      loop.execute { self.finish(direction, id, .cancelled) }
    }
  }

  /// Takes what epoll saw.
  func report(_ events: UInt32) {
    if events & UInt32(CLINUX_ENDED) != 0 { hasEnded = true }
    if events & UInt32(CLINUX_READABLE) != 0 { becomeReady(.read) }
    if events & UInt32(CLINUX_WRITABLE) != 0 { becomeReady(.write) }
  }

  /// Wakes both waiters for good.
  func close() {
    isClosed = true
    for direction in [Direction.read, .write] {
      finish(direction, self[direction].waitID, .closed)
      if let timer = self[direction].timer { loop.cancel(timer.id) }
      self[direction].timer = nil
    }
  }

  /// Wakes a waiting reader, if there is one.
  func interruptRead() {
    finish(.read, reader.waitID, .interrupted)
  }

  private subscript(direction: Direction) -> Slot {
    get { direction == .read ? reader : writer }
    _modify {
      if direction == .read { yield &reader } else { yield &writer }
    }
  }

  /// Most deadlines only ever move further away, and a timer that rings too early costs less than a new one
  /// for each wait.
  private func arm(_ direction: Direction, _ deadline: MonotonicInstant) {
    if let timer = self[direction].timer {
      if timer.at <= deadline { return }
      loop.cancel(timer.id)
    }
    let id = loop.schedule(at: deadline) { [weak self] in self?.ring(direction) }
    self[direction].timer = (id, deadline)
  }

  private func ring(_ direction: Direction) {
    let now = SuspendingClock.now
    self[direction].timer = nil
    guard self[direction].waiter != nil, let deadline = self[direction].deadline else { return }
    if deadline <= now {
      finish(direction, self[direction].waitID, .timedOut)
    } else {
      arm(direction, deadline)
    }
  }

  private func becomeReady(_ direction: Direction) {
    if self[direction].waiter == nil {
      self[direction].isReady = true
    } else {
      finish(direction, self[direction].waitID, .ready)
    }
  }

  private func finish(_ direction: Direction, _ id: UInt32, _ outcome: Outcome) {
    guard self[direction].waitID == id, let waiter = self[direction].waiter else { return }
    self[direction].waiter = nil
    self[direction].deadline = nil
    waiter.resume(returning: outcome)
  }
}
