import Generation
import JobQueue
import Testing
import WorkerProtocol

@testable import Server

@Suite(.timeLimit(.minutes(2))) struct WorkerInterventionTests {
  @Test func `a drained worker ends what it has and gets nothing more, also on a new link`() async throws {
    let fixture = try await LinkFixture()
    let dispatcher = fixture.listener.dispatcher
    let worker = try await fixture.worker("drained")
    let first = try await fixture.submit()
    let (attempt, request) = try await worker.assignment()
    try await dispatcher.setDrained(WorkerID("drained"), true)
    #expect(fixture.capabilities.connectedWorkers.isEmpty)
    let second = try await fixture.submit()
    try await worker.complete(attempt, request)
    try await fixture.wait(first) { $0.state == .finished }
    let again = try await fixture.worker("drained")
    let other = try await fixture.worker("other")
    let (taken, wanted) = try await other.assignment()
    try await other.complete(taken, wanted)
    try await fixture.wait(second) { $0.state == .finished }
    await other.die()
    try await fixture.submit()
    // Nobody but the drained worker is left: it gets the job when it is let in again.
    try await dispatcher.setDrained(WorkerID("drained"), false)
    _ = try await again.assignment()
  }

  @Test func `a job taken back goes to the next free worker, and its old one hears of it`() async throws {
    let fixture = try await LinkFixture()
    let worker = try await fixture.worker()
    let job = try await fixture.submit()
    let (attempt, _) = try await worker.assignment()
    try await worker.send(.started(attempt))
    try await fixture.wait(job) { $0.state == .running }
    #expect(try await fixture.listener.dispatcher.requeue(job.id) == .done(takenBack: attempt))
    #expect(try await worker.receive() == .acknowledge(attempt, accepted: false))
    let (next, request) = try await worker.assignment()
    #expect(next == JobAttempt(job: attempt.job, attempt: 2))
    try await worker.complete(next, request)
    try await fixture.wait(job) { $0.state == .finished }
  }

  @Test func `an aborted job frees its worker`() async throws {
    let fixture = try await LinkFixture()
    let worker = try await fixture.worker()
    let job = try await fixture.submit()
    let (attempt, _) = try await worker.assignment()
    let error = UserError(code: "admin", message: "ended")
    #expect(try await fixture.listener.dispatcher.abort(job.id, error) == .done(takenBack: attempt))
    #expect(try await worker.receive() == .acknowledge(attempt, accepted: false))
    let after = try await fixture.submit()
    let (next, request) = try await worker.assignment()
    try await worker.complete(next, request)
    try await fixture.wait(after) { $0.state == .finished }
  }
}
