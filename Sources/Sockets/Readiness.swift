internal import CLinux

/// Lets one reader and one writer wait until a descriptor is ready.
///
/// `@unchecked Sendable` because its state is touched on the loop's thread alone: `wait` is called by an actor
/// pinned to the loop, `report` by the loop, and cancellation goes through `EventLoop.execute`.
final class Readiness: @unchecked Sendable {
  enum Direction: Int, Sendable {
    case read = 0
    case write = 1
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
    var waitID: UInt64 = 0
    var timer: TimerID?
    /// An edge came while nobody waited.
    var isReady = false
  }

  private let loop: EventLoop
  private var slots = [Slot(), Slot()]
  private var lastWaitID: UInt64 = 0
  private(set) var isClosed = false
  private(set) var hasHungUp = false

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
    let slot = direction.rawValue
    if isClosed { return .closed }
    if slots[slot].isReady {
      slots[slot].isReady = false
      return .ready
    }
    if slots[slot].waiter != nil { return .busy }
    lastWaitID += 1
    let id = lastWaitID
    slots[slot].waitID = id
    if let deadline {
      slots[slot].timer = loop.schedule(at: deadline) { [weak self] in self?.finish(slot, id, .timedOut) }
    }
    return await withTaskCancellationHandler {
      _ = isolation  // Captured, or this closure would run off the loop (SE-0420).
      return await withCheckedContinuation { continuation in
        loop.checkIsolated()
        slots[slot].waiter = continuation
      }
    } onCancel: {
      loop.execute { self.finish(slot, id, .cancelled) }
    }
  }

  /// Takes what epoll saw.
  func report(_ events: UInt32) {
    if events & UInt32(CLINUX_HANGUP) != 0 { hasHungUp = true }
    if events & UInt32(CLINUX_READABLE) != 0 { becomeReady(Direction.read.rawValue) }
    if events & UInt32(CLINUX_WRITABLE) != 0 { becomeReady(Direction.write.rawValue) }
  }

  /// Wakes both waiters for good.
  func close() {
    isClosed = true
    for slot in slots.indices { finish(slot, slots[slot].waitID, .closed) }
  }

  /// Wakes a waiting reader, if there is one.
  func interruptRead() {
    let slot = Direction.read.rawValue
    finish(slot, slots[slot].waitID, .interrupted)
  }

  private func becomeReady(_ slot: Int) {
    if slots[slot].waiter == nil {
      slots[slot].isReady = true
    } else {
      finish(slot, slots[slot].waitID, .ready)
    }
  }

  private func finish(_ slot: Int, _ id: UInt64, _ outcome: Outcome) {
    guard slots[slot].waitID == id, let waiter = slots[slot].waiter else { return }
    slots[slot].waiter = nil
    if let timer = slots[slot].timer { loop.cancel(timer) }
    slots[slot].timer = nil
    waiter.resume(returning: outcome)
  }
}
