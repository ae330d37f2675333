internal import Synchronization

/// Lets one task wait until another one wakes it.
///
/// Waking before the wait is remembered, so nothing is lost between a check and the wait; a cancelled task does
/// not wait. Waits may end for no reason: check the condition in a loop.
final class Waiter: Sendable {
  private struct State {
    var continuation: CheckedContinuation<Void, Never>?
    var isAwake = false
  }

  private let state = Mutex(State())

  func wake() {
    let waiting = state.withLock { state in
      let waiting = state.continuation
      state.continuation = nil
      state.isAwake = waiting == nil
      return waiting
    }
    waiting?.resume()
  }

  func wait(isolation: isolated (any Actor)? = #isolation) async {
    await withTaskCancellationHandler {
      _ = isolation  // Captured, so that the closure stays where the caller is (SE-0420).
      return await withCheckedContinuation { continuation in
        let isAwake = state.withLock { state in
          if !state.isAwake { state.continuation = continuation }
          defer { state.isAwake = false }
          return state.isAwake
        }
        if isAwake { continuation.resume() }
      }
    } onCancel: {
      wake()
    }
  }
}
