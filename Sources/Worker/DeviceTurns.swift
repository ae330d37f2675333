import Synchronization

/// Who may use the device at the same time: requests that can share steps, in the order in which they came.
///
/// One that cannot join those at work waits until they are done, and nobody overtakes it.
final class DeviceTurns<Key: Hashable & Sendable>: Sendable {
  /// A place among those at work.
  struct Turn: Hashable, Sendable {
    fileprivate let number: Int
  }

  private struct Waiting {
    let turn: Turn
    let key: Key?
    let answer: CheckedContinuation<Turn, any Error>
  }

  private struct State {
    var next = 0
    /// Those at work, with what they share; a nil key shares with none.
    var working: [(turn: Turn, key: Key?)] = []
    /// Those at work that wait until they are the only one.
    var secluding: [Waiting] = []
    var queue: [Waiting] = []

    /// Whom to let go on now.
    mutating func admitted() -> [Waiting] {
      if working.isEmpty, !secluding.isEmpty {
        let first = secluding.removeFirst()
        working = [(first.turn, nil)]
        return [first]
      }
      var admitted: [Waiting] = []
      while secluding.isEmpty, let first = queue.first,
        working.allSatisfy({ $0.key != nil && $0.key == first.key })
      {
        admitted.append(queue.removeFirst())
        working.append((first.turn, first.key))
      }
      return admitted
    }

    /// Takes one that waits away.
    mutating func remove(_ turn: Turn) -> Waiting? {
      let found = (queue + secluding).first { $0.turn == turn }
      queue.removeAll { $0.turn == turn }
      secluding.removeAll { $0.turn == turn }
      return found
    }
  }

  private let state = Mutex(State())

  /// Requests at work or waiting.
  var count: Int { state.withLock { $0.working.count + $0.secluding.count + $0.queue.count } }

  /// Waits for a turn; `leave` ends it.
  /// - Parameter key: What the request shares; nil to be alone.
  /// - Throws: `CancellationError`.
  func enter(_ key: Key?) async throws -> Turn {
    let turn = state.withLock { state in
      state.next += 1
      return Turn(number: state.next)
    }
    return try await wait(turn) { state, answer in
      state.queue.append(Waiting(turn: turn, key: key, answer: answer))
    }
  }

  /// Waits until no other request is at work, and lets none begin until the turn ends.
  /// - Throws: `CancellationError`; the turn must be left all the same.
  func seclude(_ turn: Turn) async throws {
    _ = try await wait(turn) { state, answer in
      state.working.removeAll { $0.turn == turn }
      state.secluding.append(Waiting(turn: turn, key: nil, answer: answer))
    }
  }

  /// Ends a turn; once is enough.
  func leave(_ turn: Turn) {
    wake(
      state.withLock { state in
        state.working.removeAll { $0.turn == turn }
        return state.admitted()
      })
  }

  private func wait(
    _ turn: Turn, _ add: (inout State, CheckedContinuation<Turn, any Error>) -> Void
  ) async throws -> Turn {
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { answer in
        wake(
          state.withLock { state in
            add(&state, answer)
            return state.admitted()
          })
        // The handler may have looked before there was anything to take away.
        if Task.isCancelled { cancel(turn) }
      }
    } onCancel: {
      cancel(turn)
    }
  }

  private func cancel(_ turn: Turn) {
    let (waiting, admitted) = state.withLock { state in (state.remove(turn), state.admitted()) }
    wake(admitted)
    waiting?.answer.resume(throwing: CancellationError())
  }

  private func wake(_ admitted: [Waiting]) {
    for waiting in admitted { waiting.answer.resume(returning: waiting.turn) }
  }
}
