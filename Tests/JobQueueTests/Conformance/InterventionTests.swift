import Generation
import JobQueue
import Testing

@Suite struct InterventionTests {
  private let reason = UserError(code: "admin", message: "ended by the keeper of this server")

  @Test(arguments: StoreKind.all)
  func `a job taken back is fenced, keeps its place and loses nothing`(kind: StoreKind) async throws {
    let fixture = try StoreFixture(kind)
    let job = try await fixture.submit()
    let second = try await fixture.submit()
    let lease = try await fixture.run()
    #expect(try await fixture.store.requeue(job.id) == .done(takenBack: lease.attempt))
    #expect(try await fixture.state(job) == .queued)
    #expect(try await fixture.store.finish(lease.attempt) == .lost)
    #expect(try await fixture.store.renew(lease.attempt) == .lost)
    let again = try #require(try await fixture.take())
    #expect(again.id == job.id && again.attempt.attempt == 2)
    #expect(try await fixture.store.job(job.id, owner: job.owner)?.crashCount == 0)
    #expect(try await fixture.store.requeue(second.id) == .done(takenBack: nil))
  }

  @Test(arguments: StoreKind.all)
  func `a retry's delay ends when an admin says so`(kind: StoreKind) async throws {
    let fixture = try StoreFixture(kind)
    let job = try await fixture.submit()
    for _ in 0..<2 {
      let lease = try await fixture.run()
      _ = try await fixture.store.fail(lease.attempt, reason, retryable: true)
    }
    #expect(try await fixture.take() == nil)
    #expect(try await fixture.store.requeue(job.id) == .done(takenBack: nil))
    #expect(try await fixture.take()?.id == job.id)
  }

  @Test(arguments: StoreKind.all)
  func `a job an admin ends fails with the reason, waiting or running`(kind: StoreKind) async throws {
    let fixture = try StoreFixture(kind)
    let job = try await fixture.submit()
    let waiting = try await fixture.submit()
    let lease = try await fixture.run()
    #expect(try await fixture.store.abort(job.id, reason) == .done(takenBack: lease.attempt))
    #expect(try await fixture.store.abort(waiting.id, reason) == .done(takenBack: nil))
    for job in [job, waiting] {
      let ended = try #require(try await fixture.store.job(job.id, owner: job.owner))
      #expect(ended.state == .failed && ended.error == reason)
      #expect(try await fixture.store.abort(job.id, reason) == .alreadyOver)
      #expect(try await fixture.store.requeue(job.id) == .alreadyOver)
    }
    #expect(try await fixture.store.finish(lease.attempt) == .lost)
    #expect(try await fixture.store.abort(JobID("nobody's"), reason) == .unknown)
  }

  @Test(arguments: StoreKind.all)
  func `jobs that wait for a model nobody has any more fail, others go on`(kind: StoreKind) async throws {
    let fixture = try StoreFixture(kind)
    let gone = StoreFixture.request(model: "gone")
    let running = try await fixture.submit(StoreFixture.anna, gone)
    let waiting = try await fixture.submit(StoreFixture.bert, gone)
    let other = try await fixture.submit()
    let lease = try #require(try await fixture.store.take(worker: StoreFixture.worker, models: ["gone"]))
    #expect(lease.id == running.id)
    #expect(try await fixture.store.modelsGone(["gone", "never"]) == [waiting.id])
    let ended = try #require(try await fixture.store.job(waiting.id, owner: waiting.owner))
    #expect(ended.state == .failed && ended.error?.code == "model_missing" && ended.error?.field == "model")
    #expect(try await fixture.state(running) == .assigned)
    #expect(try await fixture.state(other) == .queued)
    #expect(try await fixture.store.modelsGone(["gone"]) == [])
  }
}
