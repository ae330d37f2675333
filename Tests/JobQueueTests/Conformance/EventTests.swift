import Generation
import JobQueue
import Synchronization
import Testing

@Suite struct EventTests {
  @Test(arguments: StoreKind.all)
  func `a job's life is logged without gaps and replayed from any number`(kind: StoreKind) async throws {
    let fixture = try StoreFixture(kind)
    let job = try await fixture.submit()
    try await fixture.submit(StoreFixture.bert)
    try await fixture.complete()
    guard
      case .events(let events) = try await fixture.store.events(
        owner: StoreFixture.anna, since: 0, limit: 100)
    else {
      Issue.record("a gap")
      return
    }
    let image = try #require(try await fixture.store.job(job.id, owner: job.owner)?.images.first)
    #expect(events.map(\.sequence) == [1, 2, 3, 4, 5])
    #expect(
      events.map(\.kind) == [
        .job(job.id, .queued), .job(job.id, .assigned), .job(job.id, .running),
        .image(image.id, job: job.id), .job(job.id, .finished),
      ])
    for since in 0...5 {
      let replay = try await fixture.store.events(owner: job.owner, since: Int64(since), limit: 100)
      #expect(replay == .events(Array(events.dropFirst(since))))
    }
    #expect(
      try await fixture.store.events(owner: job.owner, since: 1, limit: 2) == .events(Array(events[1...2])))
    #expect(try await fixture.store.lastSequence(owner: job.owner) == 5)
  }

  @Test(arguments: StoreKind.all, [-1, 6, Int64.max])
  func `a number this log never reached is a gap`(kind: StoreKind, since: Int64) async throws {
    let fixture = try StoreFixture(kind)
    try await fixture.submit()
    try await fixture.complete()
    #expect(try await fixture.store.events(owner: StoreFixture.anna, since: since, limit: 9) == .gap(last: 5))
  }

  @Test(arguments: StoreKind.all)
  func `trimmed events are a gap, kept ones are not`(kind: StoreKind) async throws {
    var policy = QueuePolicy()
    policy.eventsPerUser = 2
    let fixture = try StoreFixture(kind, policy: policy)
    try await fixture.submit()
    try await fixture.complete()
    try await fixture.store.purge()
    #expect(try await fixture.store.events(owner: StoreFixture.anna, since: 2, limit: 9) == .gap(last: 5))
    guard
      case .events(let events) = try await fixture.store.events(
        owner: StoreFixture.anna, since: 3, limit: 9)
    else {
      Issue.record("a gap")
      return
    }
    #expect(events.map(\.sequence) == [4, 5])
  }

  @Test(arguments: StoreKind.all)
  func `observers hear what was committed, in order, and nothing else`(kind: StoreKind) async throws {
    let fixture = try StoreFixture(kind)
    let heard = Heard()
    fixture.store.observe { events in heard.events.withLock { $0 += events } }
    let job = try await fixture.submit()
    try await fixture.complete()
    _ = try await fixture.store.finish(job.jobAttempt)
    guard
      case .events(let logged) = try await fixture.store.events(
        owner: StoreFixture.anna, since: 0, limit: 100)
    else { return }
    #expect(heard.events.withLock { $0 } == logged)
  }

  private final class Heard: Sendable {
    let events = Mutex<[QueueEvent]>([])
  }
}
