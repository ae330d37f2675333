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
    /// Resumes the task that waits; a closure, for a continuation's layout is only known when the program runs.
    var waiter: (@Sendable (Outcome) -> Void)?
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
  /// Called on the loop's thread, instead of waking the reader that waits, when there is something to read.
  private var turn: (@Sendable () -> ReadTurn)?
  /// Called on the loop's thread whenever there is something to read, for those who have no task that waits.
  private var listener: (@Sendable () -> Void)?
  private(set) var isClosed = false
  /// The peer will send nothing more.
  private(set) var hasEnded = false

  init(loop: EventLoop) {
    self.loop = loop
  }

  /// Waits for an edge.
  ///
  /// Returns at once if one came since the last wait: the caller tries again and may find nothing, which
  /// costs one call but can lose no event. A reader's `turn` is called at each edge until it says that the reader
  /// is to go on.
  func wait(
    for direction: Direction, until deadline: MonotonicInstant?, turn: (@Sendable () -> ReadTurn)? = nil,
    isolation: isolated (any Actor)? = #isolation
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
    if direction == .read { self.turn = turn }
    return await withTaskCancellationHandler {
      _ = isolation  // Captured, or this closure would run off the loop (SE-0420).
      return await withCheckedContinuation { continuation in
        loop.checkIsolated()
        self[direction].waiter = { continuation.resume(returning: $0) }
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

  /// Calls `listener` at each edge of reading from now on, or, if that is nil, nobody but those that wait.
  func listen(_ listener: (@Sendable () -> Void)?) {
    loop.checkIsolated()
    if !isClosed { self.listener = listener }
  }

  /// Wakes both waiters for good.
  func close() {
    isClosed = true
    listener = nil
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
    _read {
      if direction == .read { yield reader } else { yield writer }
    }
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
    let now = MonotonicInstant.now
    self[direction].timer = nil
    guard self[direction].waiter != nil, let deadline = self[direction].deadline else { return }
    if deadline <= now {
      finish(direction, self[direction].waitID, .timedOut)
    } else {
      arm(direction, deadline)
    }
  }

  private func becomeReady(_ direction: Direction) {
    if direction == .read, let listener { return listener() }
    guard self[direction].waiter != nil else {
      self[direction].isReady = true
      return
    }
    guard direction == .read, let turn else {
      return finish(direction, self[direction].waitID, .ready)
    }
    switch turn() {
    case .waitsOn(let until):
      // The turn may have closed the connection, or somebody else the wait.
      guard reader.waiter != nil else { return }
      reader.deadline = until
      arm(.read, until)
    case .wakes: finish(.read, reader.waitID, .ready)
    case .interrupts: finish(.read, reader.waitID, .interrupted)
    }
  }

  private func finish(_ direction: Direction, _ id: UInt32, _ outcome: Outcome) {
    guard self[direction].waitID == id, let waiter = self[direction].waiter else { return }
    self[direction].waiter = nil
    self[direction].deadline = nil
    if direction == .read { turn = nil }
    waiter(outcome)
  }
}
