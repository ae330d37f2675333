import Generation
import JobQueue
import Testing
import WorkerProtocol

@testable import Server

/// Workers that share the steps of another one's job: each has a lease and a link of its own.
@Suite(.timeLimit(.minutes(5))) struct WorkerJoiningTests {
  private static func request(_ prompt: String, width: Int = 64) -> GenerationRequest {
    var request = LinkFixture.request(prompt)
    request.width = width
    return request
  }

  /// A further link of `worker-1`.
  private func joining(_ fixture: LinkFixture) async throws -> MockWorker {
    let worker = try await MockWorker("worker-1.2", fixture)
    try await worker.shakeHands(fixture.secret)
    var capabilities = MockWorker.capabilities
    capabilities.joins = WorkerID("worker-1")
    try await worker.send(.capabilities(capabilities))
    return worker
  }

  @Test func `it takes what can share steps, and only while the other has a job`() async throws {
    let fixture = try await LinkFixture()
    let second = try await joining(fixture)
    // Nobody to join: the job waits for a worker that takes any.
    let one = try await fixture.submit(LinkFixture.anna, Self.request("one"))
    let other = try await fixture.submit(LinkFixture.anna, Self.request("other", width: 128))
    let alike = try await fixture.submit(UserID("bert"), Self.request("alike"))
    let first = try await fixture.worker("worker-1")
    let (attempt, request) = try await first.assignment()
    #expect(request == one.request)
    let (joined, joinedRequest) = try await second.assignment()
    #expect(joinedRequest == alike.request)
    try await second.complete(joined, joinedRequest)
    #expect(try await fixture.job(other).state == .queued)
    try await first.complete(attempt, request)
    let (last, lastRequest) = try await first.assignment()
    #expect(lastRequest == other.request)
    try await first.complete(last, lastRequest)
    for job in [one, other, alike] { #expect(try await fixture.job(job).state == .finished) }
  }

  @Test func `each job is cancelled, lost and rescued on its own`() async throws {
    let fixture = try await LinkFixture()
    let (first, second) = (try await fixture.worker("worker-1"), try await joining(fixture))
    let one = try await fixture.submit(LinkFixture.anna, Self.request("one"))
    let (attempt, request) = try await first.assignment()
    let two = try await fixture.submit(UserID("bert"), Self.request("two"))
    let (joined, _) = try await second.assignment()
    _ = try await fixture.store.cancel(two.id, owner: two.owner)
    #expect(try await second.receive() == .cancel(joined))
    try await second.send(.cancelled(joined))
    #expect(try await second.receive() == .acknowledge(joined, accepted: true))
    let three = try await fixture.submit(UserID("bert"), Self.request("three"))
    _ = try await second.assignment()
    await second.die()
    try await fixture.wait(three) { $0.state == .queued && $0.rescueCount == 1 }
    // What the first one has is untouched.
    try await first.complete(attempt, request)
    #expect(try await fixture.job(one).state == .finished)
    let (again, againRequest) = try await first.assignment()
    try await first.complete(again, againRequest)
    #expect(try await fixture.job(three).state == .finished)
  }

  @Test func `nobody joins a job that took a worker down`() async throws {
    let fixture = try await LinkFixture()
    let victim = try await fixture.worker("victim")
    let poison = try await fixture.submit(LinkFixture.anna, Self.request("poison"))
    let (attempt, _) = try await victim.assignment()
    try await victim.send(.started(attempt))
    try await fixture.wait(poison) { $0.state == .running }
    await victim.die()
    try await fixture.wait(poison) { $0.state == .queued }
    let (first, second) = (try await fixture.worker("worker-1"), try await joining(fixture))
    let (again, request) = try await first.assignment()
    let other = try await fixture.submit(UserID("bert"), Self.request("other"))
    try await first.complete(again, request)
    let (next, nextRequest) = try await first.assignment()
    #expect(nextRequest == other.request)
    let joined = try await fixture.submit(UserID("bert"), Self.request("joined"))
    let (last, lastRequest) = try await second.assignment()
    try await second.complete(last, lastRequest)
    try await first.complete(next, nextRequest)
    for job in [poison, other, joined] { #expect(try await fixture.job(job).state == .finished) }
  }
}
