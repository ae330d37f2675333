import Generation
import JobQueue
import Testing

@Suite struct SubmissionTests {
  @Test(arguments: StoreKind.all)
  func `a submitted job reads back as it was given`(kind: StoreKind) async throws {
    let fixture = try StoreFixture(kind)
    let request = StoreFixture.request("größe \"q\" \u{1F408}\n", count: 3)
    let job = try await fixture.submit(StoreFixture.anna, request)
    #expect(job.state == .queued)
    #expect(job.request == request)
    #expect(job.id.rawValue.utf8.count == 22)
    #expect(job.createdAt == fixture.clock.wall)
    #expect(try await fixture.store.job(job.id, owner: StoreFixture.anna) == job)
  }

  @Test(arguments: StoreKind.all)
  func `the same key and request give the same job, for a day`(kind: StoreKind) async throws {
    let fixture = try StoreFixture(kind)
    var submission = JobSubmission(owner: StoreFixture.anna, request: StoreFixture.request())
    submission.idempotencyKey = .init(key: "click-1", fingerprint: "f1")
    guard case .created(let job) = try await fixture.store.submit(submission) else {
      Issue.record("not created")
      return
    }
    // The seed was random, so the second request resolves to another one.
    submission.request.seed = 99
    #expect(try await fixture.store.submit(submission) == .same(job))
    try await fixture.complete()
    guard case .same(let later) = try await fixture.store.submit(submission) else {
      Issue.record("not the same")
      return
    }
    #expect(later.state == .finished)
    fixture.clock.advance(.seconds(24 * 3600))
    guard case .created(let new) = try await fixture.store.submit(submission) else {
      Issue.record("not created")
      return
    }
    #expect(new.id != job.id)
  }

  @Test(arguments: StoreKind.all)
  func `one key with another request is a conflict, with another user it is another key`(
    kind: StoreKind
  ) async throws {
    let fixture = try StoreFixture(kind)
    var submission = JobSubmission(owner: StoreFixture.anna, request: StoreFixture.request())
    submission.idempotencyKey = .init(key: "click-1", fingerprint: "f1")
    _ = try await fixture.store.submit(submission)
    submission.idempotencyKey = .init(key: "click-1", fingerprint: "f2")
    #expect(try await fixture.store.submit(submission) == .conflict)
    submission.owner = StoreFixture.bert
    guard case .created = try await fixture.store.submit(submission) else {
      Issue.record("another user's key was found")
      return
    }
  }

  @Test(arguments: StoreKind.all)
  func `a repeated key is answered even when the quota is used up`(kind: StoreKind) async throws {
    var policy = QueuePolicy()
    policy.jobsPerUser = 1
    let fixture = try StoreFixture(kind, policy: policy)
    var submission = JobSubmission(owner: StoreFixture.anna, request: StoreFixture.request())
    submission.idempotencyKey = .init(key: "k", fingerprint: "f")
    guard case .created(let job) = try await fixture.store.submit(submission) else { return }
    #expect(try await fixture.store.submit(submission) == .same(job))
  }

  @Test(arguments: StoreKind.all)
  func `the 21st unfinished job of a user is refused and a finished one makes room`(
    kind: StoreKind
  ) async throws {
    let fixture = try StoreFixture(kind)
    for _ in 0..<20 { try await fixture.submit() }
    await #expect(throws: JobQueueError.tooManyJobs(limit: 20)) { try await fixture.submit() }
    try await fixture.submit(StoreFixture.bert)
    try await fixture.complete()
    try await fixture.submit()
  }

  @Test(arguments: StoreKind.all)
  func `the server's own limit is refused as such`(kind: StoreKind) async throws {
    var policy = QueuePolicy()
    policy.jobsTotal = 2
    let fixture = try StoreFixture(kind, policy: policy)
    try await fixture.submit()
    try await fixture.submit(StoreFixture.bert)
    await #expect(throws: JobQueueError.queueFull(limit: 2)) { try await fixture.submit(UserID("c")) }
  }

  @Test(arguments: StoreKind.all)
  func `jobs are listed newest first, by page and by state`(kind: StoreKind) async throws {
    let fixture = try StoreFixture(kind)
    var jobs: [JobRecord] = []
    for index in 0..<5 {
      jobs.append(try await fixture.submit(StoreFixture.anna, StoreFixture.request("\(index)")))
    }
    try await fixture.submit(StoreFixture.bert)
    let newest = jobs.reversed().map(\.id)
    let first = try await fixture.store.jobs(owner: StoreFixture.anna, page: JobPage(limit: 2))
    #expect(first.map(\.id) == Array(newest.prefix(2)))
    let second = try await fixture.store.jobs(
      owner: StoreFixture.anna, page: JobPage(limit: 10, before: first[1].id))
    #expect(second.map(\.id) == Array(newest.dropFirst(2)))
    try await fixture.complete()
    let open = try await fixture.store.jobs(owner: StoreFixture.anna, page: .open)
    #expect(open.map(\.id) == Array(newest.dropLast()))
    let finished = try await fixture.store.jobs(owner: StoreFixture.anna, page: JobPage(states: [.finished]))
    #expect(finished.map(\.id) == [jobs[0].id])
    #expect(finished[0].images.count == 1)
  }

  @Test(arguments: StoreKind.all)
  func `a waiting job is cancelled at once, a running one when its worker says so`(
    kind: StoreKind
  ) async throws {
    let fixture = try StoreFixture(kind)
    let first = try await fixture.submit()
    let second = try await fixture.submit()
    let lease = try await fixture.run()
    let outcome = try await fixture.store.cancel(second.id, owner: StoreFixture.anna)
    #expect(outcome?.job.state == .cancelled)
    // InvokeAI #6049: cancelling a waiting job must not end the running one.
    #expect(try await fixture.state(first) == .running)
    guard case .requested(let job) = try await fixture.store.cancel(first.id, owner: StoreFixture.anna) else {
      Issue.record("not requested")
      return
    }
    #expect(job.cancelRequested)
    #expect(try await fixture.store.renew(lease.attempt) == .held(cancelRequested: true))
    #expect(try await fixture.store.confirmCancel(lease.attempt) == .settled(.cancelled))
    guard case .alreadyOver(let over) = try await fixture.store.cancel(first.id, owner: StoreFixture.anna)
    else {
      Issue.record("not over")
      return
    }
    #expect(over.finishedAt != nil)
    #expect(try await fixture.take() == nil)
  }
}
