internal import Synchronization

/// Something that happens once and can be waited for by one task.
final class Signal: Sendable {
  private enum State {
    case pending(CheckedContinuation<Bool, Never>?)
    case fired
    case cancelled
  }

  private let state = Mutex(State.pending(nil))

  func fire() {
    settle(.fired, true)
  }

  /// Waits for `fire`.
  ///
  /// Returns false when the task is cancelled first.
  func wait() async -> Bool {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let settled: Bool? = state.withLock { state in
          switch state {
          case .pending:
            state = .pending(continuation)
            return nil
          case .fired: return true
          case .cancelled: return false
          }
        }
        if let settled { continuation.resume(returning: settled) }
      }
    } onCancel: {
      settle(.cancelled, false)
    }
  }

  private func settle(_ new: State, _ result: Bool) {
    let waiter = state.withLock { state -> CheckedContinuation<Bool, Never>? in
      guard case .pending(let waiter) = state else { return nil }
      state = new
      return waiter
    }
    waiter?.resume(returning: result)
  }
}
