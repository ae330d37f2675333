import Testing

@testable import Worker

@Suite(.timeLimit(.minutes(1))) struct DeviceTurnsTests {
  private let turns = DeviceTurns<String>()

  /// Asks for a turn in a task of its own, and waits until the device knows.
  private func ask(_ key: String?) async -> Task<DeviceTurns<String>.Turn, any Error> {
    let before = turns.count
    let task = Task { [turns] in try await turns.enter(key) }
    while turns.count == before { await Task.yield() }
    return task
  }

  @Test func `those that can share are at work together`() async throws {
    let first = try await turns.enter("a")
    let second = try await turns.enter("a")
    #expect(turns.count == 2)
    turns.leave(first)
    turns.leave(first)
    turns.leave(second)
    #expect(turns.count == 0)
  }

  @Test func `another waits, and nobody overtakes it`() async throws {
    let first = try await turns.enter("a")
    let other = await ask("b")
    let late = await ask("a")
    #expect(turns.count == 3)
    turns.leave(first)
    let second = try await other.value
    // Only `late` is left, and it is not at work beside another.
    #expect(turns.count == 2)
    turns.leave(second)
    turns.leave(try await late.value)
    #expect(turns.count == 0)
  }

  @Test func `one that shares with none is alone`() async throws {
    let first = try await turns.enter(nil)
    let second = await ask(nil)
    #expect(turns.count == 2)
    turns.leave(first)
    turns.leave(try await second.value)
  }

  @Test func `one in the middle of its work can become the only one`() async throws {
    let first = try await turns.enter("a")
    let second = try await turns.enter("a")
    let secluded = Task { [turns] in try await turns.seclude(first) }
    let third = await ask("a")
    turns.leave(second)
    try await secluded.value
    // Once more is at once.
    try await turns.seclude(first)
    turns.leave(first)
    turns.leave(try await third.value)
    #expect(turns.count == 0)
  }

  @Test func `two that want to be the only one come one after the other`() async throws {
    let first = try await turns.enter("a")
    let second = try await turns.enter("a")
    let one = Task { [turns] in try await turns.seclude(first) }
    let two = Task { [turns] in try await turns.seclude(second) }
    try await one.value
    turns.leave(first)
    try await two.value
    turns.leave(second)
    #expect(turns.count == 0)
  }

  @Test func `one that is cancelled while it waits holds nobody up`() async throws {
    let first = try await turns.enter("a")
    let other = await ask("b")
    let late = await ask("a")
    other.cancel()
    await #expect(throws: CancellationError.self) { try await other.value }
    turns.leave(try await late.value)
    turns.leave(first)
    #expect(turns.count == 0)
    let cancelled = Task { [turns] in
      while !Task.isCancelled { await Task.yield() }
      return try await turns.enter("a")
    }
    let blocker = try await turns.enter("c")
    cancelled.cancel()
    await #expect(throws: CancellationError.self) { try await cancelled.value }
    turns.leave(blocker)
    #expect(turns.count == 0)
  }
}
