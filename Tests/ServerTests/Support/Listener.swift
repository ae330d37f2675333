import Foundation
import Generation
import Synchronization
import Testing

@testable import Server

extension EventStream {
  /// Tells everything, as a socket does, until the client is to go or the task is cancelled.
  func run(since: Int64?) async throws {
    let (news, wake) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    client.whenNews { wake.yield() }
    try await begin(since: since)
    var turns = news.makeAsyncIterator()
    while true {
      try await tell()
      if client.closeCode != nil { return }
      guard await turns.next() != nil else { return }
    }
  }
}

/// A client of the event stream without a socket.
final class Listener: Sendable {
  private struct State {
    var texts: [String] = []
    var waiters: [CheckedContinuation<Void, Never>] = []
  }

  private final class Storage: Sendable {
    let state = Mutex(State())
  }

  private let storage = Storage()
  private let task: Task<Void, any Error>

  init(_ service: TestService, _ user: UserID, since: Int64? = nil) {
    let client = service.services.hub.subscribe(user)
    let storage = storage
    let stream = EventStream(services: service.services, client: client) { text in
      let waiters = storage.state.withLock { state in
        state.texts.append(text)
        defer { state.waiters = [] }
        return state.waiters
      }
      for waiter in waiters { waiter.resume() }
    }
    task = Task {
      defer { service.services.hub.unsubscribe(client) }
      try await stream.run(since: since)
    }
  }

  /// Everything told so far.
  var events: [[String: Any]] {
    storage.state.withLock { $0.texts }.compactMap {
      try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
    }
  }

  /// Waits for news until what was told satisfies `condition`.
  func wait(until condition: ([[String: Any]]) -> Bool) async throws {
    while true {
      let known = storage.state.withLock { $0.texts.count }
      if condition(events) { return }
      await withCheckedContinuation { continuation in
        let isNews = storage.state.withLock { state in
          if state.texts.count > known { return true }
          state.waiters.append(continuation)
          return false
        }
        if isNews { continuation.resume() }
      }
    }
  }

  func stop() { task.cancel() }
}
