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

  @Test func `jobs of a model fail when the last worker says it has it no more`() async throws {
    let fixture = try await LinkFixture()
    let (first, second) = (try await fixture.worker("first"), try await fixture.worker("second"))
    let running = [try await fixture.submit(), try await fixture.submit()]
    let (attempt, request) = try await first.assignment()
    _ = try await second.assignment()
    let waiting = try await fixture.submit()
    var without = MockWorker.capabilities
    without.models = []
    // The other one may be away for a while only.
    await second.die()
    try await first.send(.capabilities(without))
    try await first.complete(attempt, request)
    #expect(try await fixture.job(waiting).state == .queued)
    let again = try await fixture.worker("second")
    _ = try await again.assignment()
    try await again.send(.capabilities(without))
    let failed = try await fixture.wait(waiting) { $0.state.isTerminal }
    #expect(failed.error?.code == "model_missing")
    for job in running { #expect(try await fixture.job(job).state != .failed) }
  }
}
