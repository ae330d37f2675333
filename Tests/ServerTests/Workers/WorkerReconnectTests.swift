import Generation
import JobQueue
import Sockets
import Testing
import WorkerProtocol

@testable import Server

@Suite(.timeLimit(.minutes(5))) struct WorkerReconnectTests {
  @Test func `a worker that lost its link goes on with its attempt`() async throws {
    let fixture = try await LinkFixture()
    let first = try await fixture.worker()
    let job = try await fixture.submit()
    let (attempt, request) = try await first.assignment()
    try await first.send(.started(attempt))
    try await fixture.wait(job) { $0.state == .running }
    await first.die()
    try await fixture.wait(job) { $0.state == .queued }
    let second = try await fixture.worker(resuming: HeldAttempt(attempt, .running))
    #expect(try await second.receive() == .proceed(attempt))
    try await second.complete(attempt, request)
    let done = try await fixture.job(job)
    #expect(done.attempt == 1)
    #expect(done.crashCount == 0)
  }

  @Test func `a second link of one worker replaces the first, which settles nothing more`() async throws {
    let fixture = try await LinkFixture()
    let first = try await fixture.worker()
    let job = try await fixture.submit()
    let (attempt, request) = try await first.assignment()
    let second = try await fixture.worker(resuming: HeldAttempt(attempt, .running))
    #expect(try await first.receive() == nil)
    #expect(try await second.receive() == .proceed(attempt))
    try await second.complete(attempt, request)
    #expect(try await fixture.job(job).state == .finished)
    #expect(fixture.capabilities.statuses.count == 1)
    #expect(fixture.capabilities.isReady)
  }

  @Test func `a worker that missed the acknowledgement hears it again`() async throws {
    let fixture = try await LinkFixture()
    let first = try await fixture.worker()
    let job = try await fixture.submit()
    let (attempt, request) = try await first.assignment()
    try await first.send(.image(attempt, MockWorker.picture(0, request)))
    try await first.send(.completed(attempt, MockWorker.summary(request)))
    try await fixture.wait(job) { $0.state == .finished }
    await first.die()
    let second = try await fixture.worker(resuming: HeldAttempt(attempt, .unacknowledged))
    #expect(try await second.receive() == .acknowledge(attempt, accepted: true))
    #expect(try await fixture.job(job).images.count == 1)
  }

  @Test func `an attempt that went to another worker is forgotten`() async throws {
    let fixture = try await LinkFixture()
    let first = try await fixture.worker()
    let job = try await fixture.submit()
    let (attempt, _) = try await first.assignment()
    await first.die()
    let other = try await fixture.worker("worker-2")
    let (second, request) = try await other.assignment()
    let back = try await fixture.worker(resuming: HeldAttempt(attempt, .running))
    #expect(try await back.receive() == .acknowledge(attempt, accepted: false))
    try await other.complete(second, request)
    #expect(try await fixture.job(job).attempt == 2)
  }

  @Test func `a worker that comes back empty gets its job as a new attempt`() async throws {
    let fixture = try await LinkFixture()
    let first = try await fixture.worker()
    let job = try await fixture.submit()
    let (attempt, _) = try await first.assignment()
    // The same worker connects while the server has not noticed that the old link is dead.
    let again = try await fixture.worker()
    let (second, request) = try await again.assignment()
    #expect(second == JobAttempt(job: attempt.job, attempt: 2))
    try await again.complete(second, request)
    #expect(try await fixture.job(job).state == .finished)
  }

  @Test func `a full disk keeps the worker waiting and the result safe`() async throws {
    let fixture = try await LinkFixture()
    let worker = try await fixture.worker()
    let job = try await fixture.submit()
    let (attempt, request) = try await worker.assignment()
    fixture.images.beFull(3)
    try await worker.complete(attempt, request)
    #expect(try await fixture.job(job).images.count == 1)
  }

  @Test func `a job that kills two workers fails and the queue goes on`() async throws {
    let fixture = try await LinkFixture()
    let poison = try await fixture.submit(LinkFixture.anna, LinkFixture.request("poison"))
    let next = try await fixture.submit()
    for index in 0..<2 {
      let worker = try await fixture.worker("worker-\(index)")
      let (attempt, _) = try await worker.assignment()
      #expect(attempt.job == poison.number)
      try await worker.send(.started(attempt))
      try await fixture.wait(poison) { $0.state == .running }
      await worker.die()
      try await fixture.wait(poison) { $0.state != .running }
    }
    #expect(try await fixture.job(poison).error?.code == "poison")
    let worker = try await fixture.worker("worker-9")
    let (attempt, request) = try await worker.assignment()
    #expect(attempt.job == next.number)
    try await worker.complete(attempt, request)
  }
}
