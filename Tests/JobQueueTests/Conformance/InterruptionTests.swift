import Generation
import JobQueue
import Testing

/// What went wrong in InvokeAI's queue (section A of the reliability notes), and restarts.
@Suite struct InterruptionTests {
  @Test(arguments: StoreKind.all)
  func `a running job is not dropped by a restart, and not by five`(kind: StoreKind) async throws {
    // InvokeAI #6333: every job in progress became cancelled at the next start.
    let fixture = try StoreFixture(kind)
    let job = try await fixture.submit()
    for count in 1...5 {
      let lease = try await fixture.run()
      try await fixture.restart()
      #expect(try await fixture.state(job) == .running)
      #expect(try await fixture.store.expireLeases().isEmpty)
      fixture.clock.advance(.seconds(30))
      #expect(try await fixture.store.expireLeases() == [lease.attempt])
      let record = try #require(try await fixture.store.job(job.id, owner: job.owner))
      #expect(record.state == .queued)
      #expect(record.crashCount == 0)
      #expect(record.rescueCount == count)
    }
    try await fixture.complete()
    #expect(try await fixture.state(job) == .finished)
  }

  @Test(arguments: StoreKind.all)
  func `cancelling a waiting job does not end the running one`(kind: StoreKind) async throws {
    // InvokeAI #6049.
    let fixture = try StoreFixture(kind)
    let running = try await fixture.submit()
    let waiting = try await fixture.submit()
    let lease = try await fixture.run()
    _ = try await fixture.store.cancel(waiting.id, owner: StoreFixture.anna)
    #expect(try await fixture.store.renew(lease.attempt) == .held(cancelRequested: false))
    #expect(try await fixture.state(running) == .running)
  }

  @Test(arguments: StoreKind.all)
  func `taking one job leaves every other one waiting`(kind: StoreKind) async throws {
    // InvokeAI #6090: all became in progress.
    let fixture = try StoreFixture(kind)
    for _ in 0..<10 { try await fixture.submit() }
    _ = try await fixture.run()
    let overview = try await fixture.store.overview(workers: StoreFixture.workers(1))
    #expect(overview.waiting == 9)
    #expect(overview.running == 1)
  }

  @Test(arguments: StoreKind.all)
  func `deleting pictures and cancelling while a job runs leaves the queue working`(
    kind: StoreKind
  ) async throws {
    // InvokeAI PR 9352: deleting a running item killed the thread that processed the queue.
    let fixture = try StoreFixture(kind)
    let first = try await fixture.submit(StoreFixture.anna, StoreFixture.request(count: 2))
    let next = try await fixture.submit()
    let lease = try await fixture.run()
    guard
      case .stored(let image) = try await fixture.store.storeImage(
        StoreFixture.image(0), for: lease.attempt)
    else { return }
    _ = try await fixture.store.deleteImage(image.id, owner: StoreFixture.anna)
    _ = try await fixture.store.cancel(first.id, owner: StoreFixture.anna)
    _ = try await fixture.store.confirmCancel(lease.attempt)
    #expect(try await fixture.complete().id == next.id)
  }

  @Test(arguments: StoreKind.all)
  func `every job of many is run, not only the first`(kind: StoreKind) async throws {
    // InvokeAI #8379: items after the first were dropped.
    let fixture = try StoreFixture(kind)
    var wanted: Set<JobID> = []
    for _ in 0..<10 { wanted.insert(try await fixture.submit().id) }
    for _ in 0..<10 { wanted.remove(try await fixture.complete().id) }
    #expect(wanted.isEmpty)
  }

  @Test(arguments: StoreKind.all, [JobState.queued, .assigned, .running, .finished, .cancelled])
  func `a killed server loses and doubles nothing`(kind: StoreKind, state: JobState) async throws {
    let fixture = try StoreFixture(kind)
    let job = try await fixture.submit()
    switch state {
    case .assigned: _ = try await fixture.take()
    case .running: _ = try await fixture.run()
    case .finished: _ = try await fixture.complete()
    case .cancelled: _ = try await fixture.store.cancel(job.id, owner: job.owner)
    case .queued, .failed: break
    }
    let before = try await fixture.store.job(job.id, owner: job.owner)
    try await fixture.restart()
    #expect(try await fixture.store.job(job.id, owner: job.owner) == before)
    #expect(before?.state == state)
    fixture.clock.advance(.seconds(31))
    _ = try await fixture.store.expireLeases()
    if !state.isTerminal { try await fixture.complete() }
    #expect(try await fixture.take() == nil)
    #expect(
      try await fixture.store.images(owner: job.owner, limit: 10, before: nil).count
        == (state == .cancelled ? 0 : 1))
  }

  @Test(arguments: StoreKind.all)
  func `a worker that reconnects within 30 seconds of a server's restart goes on`(
    kind: StoreKind
  ) async throws {
    let fixture = try StoreFixture(kind)
    let job = try await fixture.submit()
    let lease = try await fixture.run()
    try await fixture.restart()
    fixture.clock.advance(.seconds(29))
    #expect(
      try await fixture.store.resume(lease.attempt, worker: StoreFixture.worker)
        == .proceed(lease, cancelRequested: false))
    fixture.clock.advance(.seconds(29))
    #expect(try await fixture.store.expireLeases().isEmpty)
    _ = try await fixture.store.storeImage(StoreFixture.image(0), for: lease.attempt)
    #expect(try await fixture.store.finish(lease.attempt) == .settled(.finished))
    #expect(try await fixture.state(job) == .finished)
  }

  @Test(arguments: StoreKind.all)
  func `after a restart of the machine old uptimes end nothing and delay nothing`(
    kind: StoreKind
  ) async throws {
    let fixture = try StoreFixture(kind)
    let job = try await fixture.submit()
    let delayed = try await fixture.submit(StoreFixture.bert)
    for _ in 0..<2 {
      let lease = try await fixture.run()
      let error = UserError(code: "x", message: "x")
      _ = try await fixture.store.fail(lease.attempt, error, retryable: true)
    }
    let lease = try await fixture.run(WorkerID("w2"))
    try await fixture.restart(reboot: true)
    #expect(try await fixture.store.expireLeases().isEmpty)
    #expect(try await fixture.take(WorkerID("w3")) != nil)
    fixture.clock.advance(.seconds(30))
    #expect(try await fixture.store.expireLeases().count == 2)
    #expect(try await fixture.store.renew(lease.attempt) == .lost)
    _ = (job, delayed)
  }
}
