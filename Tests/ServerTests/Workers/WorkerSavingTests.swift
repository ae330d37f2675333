import Generation
import JobQueue
import Testing
import WorkerProtocol

@testable import Server

/// A worker whose device takes the next job while the pictures of the last are on their way.
@Suite(.timeLimit(.minutes(5))) struct WorkerSavingTests {
  private static let saving = GenerationProgress(phase: .saving, done: 4, total: 4)

  private func worker(
    _ fixture: LinkFixture, takesWhileSaving: Bool = true, resuming: [HeldAttempt] = []
  ) async throws -> MockWorker {
    let worker = try await MockWorker("worker-1", fixture)
    try await worker.shakeHands(fixture.secret)
    for held in resuming { try await worker.send(.resume(held)) }
    var capabilities = MockWorker.capabilities
    capabilities.takesWhileSaving = takesWhileSaving
    try await worker.send(.capabilities(capabilities))
    return worker
  }

  /// Sends what finishes a job, and waits for the acknowledgement.
  private func finish(
    _ worker: MockWorker, _ attempt: JobAttempt, _ request: GenerationRequest
  ) async throws {
    try await worker.send(.image(attempt, MockWorker.picture(0, request)))
    try await worker.send(.completed(attempt, MockWorker.summary(request)))
    #expect(try await worker.receive() == .acknowledge(attempt, accepted: true))
  }

  @Test func `the next job is handed out before the last one's pictures came, and no third`() async throws {
    let fixture = try await LinkFixture()
    let worker = try await worker(fixture)
    var jobs: [JobRecord] = []
    for prompt in ["one", "two", "three"] {
      jobs.append(try await fixture.submit(LinkFixture.anna, LinkFixture.request(prompt)))
    }
    let (first, firstRequest) = try await worker.assignment()
    try await worker.send(.started(first))
    try await worker.send(.progress(first, Self.saving))
    let (second, secondRequest) = try await worker.assignment()
    #expect(secondRequest == jobs[1].request)
    try await worker.send(.started(second))
    // One more waits for its pictures: it keeps its place.
    try await worker.send(.progress(second, Self.saving))
    try await finish(worker, first, firstRequest)
    try await finish(worker, second, secondRequest)
    let (third, thirdRequest) = try await worker.assignment()
    try await finish(worker, third, thirdRequest)
    for job in jobs {
      let done = try await fixture.job(job)
      #expect(done.state == .finished)
      #expect(done.attempt == 1)
      #expect(done.images.count == 1)
    }
  }

  @Test func `a worker that does not say that it can waits for the acknowledgement`() async throws {
    let fixture = try await LinkFixture()
    let worker = try await worker(fixture, takesWhileSaving: false)
    try await fixture.submit(LinkFixture.anna, LinkFixture.request("one"))
    try await fixture.submit(LinkFixture.anna, LinkFixture.request("two"))
    let (first, request) = try await worker.assignment()
    try await worker.send(.progress(first, Self.saving))
    try await finish(worker, first, request)
    #expect(try await worker.assignment().attempt.job != first.job)
  }

  @Test func `both are taken up again after a lost link`() async throws {
    let fixture = try await LinkFixture()
    let before = try await worker(fixture)
    let one = try await fixture.submit(LinkFixture.anna, LinkFixture.request("one"))
    let two = try await fixture.submit(LinkFixture.anna, LinkFixture.request("two"))
    let (first, firstRequest) = try await before.assignment()
    try await before.send(.progress(first, Self.saving))
    let (second, secondRequest) = try await before.assignment()
    try await before.send(.started(second))
    try await fixture.wait(two) { $0.state == .running }
    await before.die()
    for job in [one, two] { try await fixture.wait(job) { $0.state == .queued } }
    let after = try await worker(
      fixture, resuming: [HeldAttempt(first, .running), HeldAttempt(second, .running)])
    #expect(try await after.receive() == .proceed(first))
    #expect(try await after.receive() == .proceed(second))
    try await finish(after, first, firstRequest)
    try await finish(after, second, secondRequest)
    for job in [one, two] {
      let done = try await fixture.job(job)
      #expect(done.state == .finished)
      #expect(done.attempt == 1)
    }
  }

  @Test func `a third attempt to go on with ends the link`() async throws {
    let fixture = try await LinkFixture()
    var held: [HeldAttempt] = []
    for prompt in ["one", "two", "three"] {
      try await fixture.submit(LinkFixture.anna, LinkFixture.request(prompt))
      let lease = try await fixture.store.take(worker: WorkerID("worker-1"), models: ["demo"])
      held.append(HeldAttempt(try #require(lease).attempt, .running))
    }
    let liar = try await worker(fixture, resuming: held)
    #expect(try await liar.receive() == .proceed(held[0].attempt))
    #expect(try await liar.receive() == .proceed(held[1].attempt))
    #expect(try await liar.receive() == nil)
  }

  @Test func `a heartbeat holds both, and a cancelled one is told alone`() async throws {
    let fixture = try await LinkFixture({ $0.renewal = .zero }, lease: .seconds(30))
    let worker = try await worker(fixture)
    let one = try await fixture.submit(LinkFixture.anna, LinkFixture.request("one"))
    let two = try await fixture.submit(LinkFixture.anna, LinkFixture.request("two"))
    let (first, firstRequest) = try await worker.assignment()
    try await worker.send(.progress(first, Self.saving))
    let (second, _) = try await worker.assignment()
    for _ in 0..<3 {
      fixture.clock.advance(.seconds(20))
      try await worker.send(.heartbeat(second, WorkerVitals(evaluations: 1)))
      // Answered when all before it was read.
      let nobodys = JobAttempt(job: 99, attempt: 1)
      try await worker.send(.accepted(nobodys))
      #expect(try await worker.receive() == .acknowledge(nobodys, accepted: false))
    }
    _ = try await fixture.store.cancel(two.id, owner: two.owner)
    #expect(try await worker.receive() == .cancel(second))
    try await finish(worker, first, firstRequest)
    try await worker.send(.cancelled(second))
    #expect(try await worker.receive() == .acknowledge(second, accepted: true))
    #expect(try await fixture.job(one).state == .finished)
    #expect(try await fixture.job(two).state == .cancelled)
  }
}
