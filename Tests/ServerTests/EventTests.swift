import Foundation
import Generation
import HTTPTypes
import JobQueue
import Synchronization
import Testing

@testable import Server

@Suite struct EventTests {
  private let token = SessionCookie.newToken()
  private var user: UserID { SessionCookie.user(of: token) }

  @Test func `progress keeps its latest value and a preview not sent yet`() async throws {
    let client = EventSubscription(user: user)
    let job = JobID("j")
    for done in 1...1000 {
      client.note(
        ProgressNews(
          job: job, progress: GenerationProgress(phase: .denoising, done: done, total: 1000),
          preview: done == 500 ? [1] : []))
    }
    client.noteEvents()
    let batch = try #require(client.next())
    #expect(batch.hasEvents && batch.progress.count == 1)
    #expect(batch.progress.first?.progress.done == 1000 && batch.progress.first?.preview == [1])
    client.end(4009)
    client.end(1001)
    #expect(client.next() == nil)
    #expect(client.closeCode == 4009)
  }

  @Test func `whoever tells a client is woken once, and again after everything was told`() {
    let client = EventSubscription(user: user)
    let wakes = Mutex(0)
    client.whenNews { wakes.withLock { $0 += 1 } }
    client.noteEvents()
    #expect(wakes.withLock { $0 } == 0 && client.next()?.hasEvents == true && client.next() == nil)
    client.noteEvents()
    client.note(QueueCounts(waiting: 1, running: 0))
    #expect(wakes.withLock { $0 } == 1)
    #expect(client.next()?.queue?.waiting == 1 && client.next() == nil)
    client.end(4001)
    client.noteEvents()
    #expect(wakes.withLock { $0 } == 2 && client.next() == nil)
    let forgotten = EventSubscription(user: user)
    forgotten.whenNews { wakes.withLock { $0 += 1 } }
    #expect(forgotten.next() == nil)
    EventHub().unsubscribe(forgotten)
    forgotten.noteEvents()
    #expect(wakes.withLock { $0 } == 2)
  }

  @Test func `a ninth client of a user ends the oldest`() async {
    let hub = EventHub()
    let clients = (0..<9).map { _ in hub.subscribe(user) }
    #expect(clients[0].closeCode == 4008)
    #expect(clients.dropFirst().allSatisfy { $0.closeCode == nil })
    #expect(hub.subscribe(UserID("other")).closeCode == nil)
    hub.close()
    #expect(clients[8].closeCode == 1001)
    #expect(hub.subscribe(user).closeCode == 1001)
  }

  @Test func `a client hears the whole story of its job and nobody else's`() async throws {
    let service = try TestService()
    defer { service.remove() }
    let mine = Listener(service, user)
    let other = Listener(service, UserID("other"))
    // A job that is there before the snapshot is told by it, and not by an event.
    try await mine.wait { !$0.isEmpty }
    let id = try await service.submit("p", cookie: token)
    try await mine.wait { $0.contains { $0["type"] as? String == "job" } }
    try await service.workOnce()
    try await mine.wait { $0.contains { ($0["job"] as? [String: Any])?["state"] as? String == "finished" } }
    let events = mine.events
    #expect(events.first?["type"] as? String == "snapshot")
    let numbers = events.dropFirst().compactMap { $0["seq"] as? Int }
    #expect(numbers == Array(1...numbers.count))
    #expect(events.contains { $0["type"] as? String == "image" && $0["job_id"] as? String == id })
    let text = String(decoding: try JSONSerialization.data(withJSONObject: other.events), as: UTF8.self)
    #expect(!text.contains(id))
    mine.stop()
    other.stop()
  }

  @Test func `progress reaches the owner with its preview as an address`() async throws {
    let service = try TestService()
    defer { service.remove() }
    let mine = Listener(service, user)
    let id = try await service.submit("p", cookie: token)
    try await service.workOnce(finish: false)
    try await mine.wait { $0.contains { $0["type"] as? String == "progress" } }
    let progress = try #require(mine.events.first { $0["type"] as? String == "progress" })
    #expect(progress["job_id"] as? String == id)
    #expect(progress["preview"] as? String == "data:image/png;base64,iQEC")
    #expect((progress["progress"] as? [String: Any])?["done"] as? Int == 1)
    #expect(progress["seq"] == nil)
    let job = try await service.send(.get, "/api/jobs/\(id)", cookie: token)
    #expect((job.json["progress"] as? [String: Any])?["total"] as? Int == 2)
    mine.stop()
  }

  @Test func `a change of place is told with a number of its own`() async throws {
    let service = try TestService()
    defer { service.remove() }
    let follower = Task { try await service.services.hub.followQueue(service.store) { [] } }
    defer { follower.cancel() }
    let before = SessionCookie.newToken()
    let first = try await service.submit("first", cookie: before)
    let mine = Listener(service, user)
    try await mine.wait { !$0.isEmpty }
    let id = try await service.submit("mine", cookie: token)
    try await mine.wait { $0.contains { ($0["job"] as? [String: Any])?["position"] as? Int == 1 } }
    _ = try await service.send(.delete, "/api/jobs/\(first)", cookie: before)
    try await mine.wait { $0.contains { ($0["job"] as? [String: Any])?["position"] as? Int == 0 } }
    let numbers = mine.events.dropFirst().compactMap { $0["seq"] as? Int }
    #expect(numbers == Array(1...numbers.count))
    #expect(mine.events.contains { $0["type"] as? String == "queue" && $0["waiting"] as? Int == 1 })
    #expect(mine.events.allSatisfy { ($0["job"] as? [String: Any])?["id"] as? String ?? id == id })
    mine.stop()
  }

  @Test func `after any cuts the events told are all there are, once each`() async throws {
    let service = try TestService()
    defer { service.remove() }
    let work = Task {
      for index in 0..<15 {
        _ = try await service.submit("p\(index)", cookie: token)
        try await service.workOnce()
      }
    }
    var cursor = 0
    var seen: [Int] = []
    var pictures: Set<String> = []
    for cut in 0..<200 {
      let isLast = cut == 199
      if isLast { try await work.value }
      let told = await Self.tell(
        service, user, since: cursor, stopAfter: isLast ? Int.max : Int.random(in: 1...4))
      for event in told {
        if let image = event["image"] as? [String: Any] { pictures.insert(image["id"] as? String ?? "") }
        guard event["type"] as? String != "snapshot", let number = event["seq"] as? Int else { continue }
        seen.append(number)
        cursor = number
      }
    }
    let last = try await service.store.lastSequence(owner: user)
    #expect(seen == Array(1...Int(last)))
    #expect(pictures.count == 15)
  }

  /// Connects, takes a few messages, is cut off.
  private static func tell(
    _ service: TestService, _ user: UserID, since: Int, stopAfter: Int
  ) async -> [[String: Any]] {
    let client = service.services.hub.subscribe(user)
    defer { service.services.hub.unsubscribe(client) }
    let messages = Mutex<[String]>([])
    let stream = EventStream(services: service.services, client: client) { text in
      let count = messages.withLock { messages in
        messages.append(text)
        return messages.count
      }
      if count >= stopAfter || text.contains(#""type":"queue""#) { throw CancellationError() }
    }
    try? await stream.run(since: Int64(since))
    return messages.withLock { $0 }.compactMap {
      try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
    }
  }

  @Test func `a number from another life gives a snapshot that says so`() async throws {
    let service = try TestService()
    defer { service.remove() }
    _ = try await service.submit("p", cookie: token)
    let told = await Self.tell(service, user, since: 99, stopAfter: 1)
    #expect(told.first?["gap"] as? Bool == true && told.first?["seq"] as? Int == 1)
  }

  @Test func `a client that never reads holds up nobody, and costs one place in memory for its progress`()
    async throws
  {
    let service = try TestService()
    defer { service.remove() }
    let stuck = service.services.hub.subscribe(user)
    let (gate, open) = AsyncStream<Void>.makeStream()
    let stuckStream = EventStream(services: service.services, client: stuck) { _ in
      for await _ in gate {}
    }
    let stuckTask = Task { try await stuckStream.run(since: nil) }
    let mine = Listener(service, user)
    try await mine.wait { !$0.isEmpty }
    for index in 0..<3 {
      _ = try await service.submit("p\(index)", cookie: token)
      try await service.workOnce()
    }
    try await mine.wait { events in
      events.filter { ($0["job"] as? [String: Any])?["state"] as? String == "finished" }.count >= 3
    }
    open.finish()
    stuckTask.cancel()
    _ = try? await stuckTask.value
    mine.stop()
  }
}
