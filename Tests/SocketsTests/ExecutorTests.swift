import Sockets
import Synchronization
import Testing

/// An actor that lives on a given executor.
private actor Pinned<Executor: SerialExecutor> {
  nonisolated let executor: Executor
  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
  private(set) var count = 0

  init(_ executor: Executor) { self.executor = executor }

  func add(isThere: @Sendable () -> Bool) -> Bool {
    count += 1
    return isThere()
  }
}

@Suite struct ExecutorTests {
  @Test func `actors pinned to an event loop run on its thread`() async throws {
    let loop = try EventLoop()
    #expect(!loop.isCurrent)
    for _ in 0..<300 {
      let actor = Pinned(loop)
      #expect(await actor.add { loop.isCurrent })
    }
  }

  @Test func `actors pinned to a thread run there`() async throws {
    let thread = try ThreadExecutor(name: "test")
    for _ in 0..<300 {
      let actor = Pinned(thread)
      #expect(await actor.add { thread.isCurrent })
    }
  }

  @Test func `many tasks use one actor without losing a step`() async throws {
    let actor = Pinned(try EventLoop())
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<1000 { group.addTask { _ = await actor.add { true } } }
    }
    #expect(await actor.count == 1000)
  }

  @Test func `blocking work hands back its result or its error`() async throws {
    let thread = try ThreadExecutor(name: "test")
    #expect(try await thread.run { thread.isCurrent })
    await #expect(throws: SocketError.closed) { try await thread.run { throw SocketError.closed } }
  }

  @Test func `a timer fires on the loop's thread at its deadline`() async throws {
    let loop = try EventLoop()
    let begun = MonotonicInstant.now
    let isOnLoop = await withCheckedContinuation { continuation in
      loop.execute {
        _ = loop.schedule(at: begun + .milliseconds(30)) { continuation.resume(returning: loop.isCurrent) }
      }
    }
    #expect(isOnLoop)
    #expect(begun.duration(to: MonotonicInstant.now) >= .milliseconds(30))
  }

  @Test func `work runs in the order it was given`() async throws {
    let loop = try EventLoop()
    let order = Mutex<[Int]>([])
    for number in 0..<100 { loop.execute { order.withLock { $0.append(number) } } }
    await withCheckedContinuation { continuation in loop.execute { continuation.resume() } }
    #expect(order.withLock { $0 } == Array(0..<100))
  }
}
