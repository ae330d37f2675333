import Generation
import JobQueue
import Testing

@Suite struct LeaseTests {
  private let other = WorkerID("worker-2")

  @Test(arguments: StoreKind.all)
  func `a job is handed to one worker only`(kind: StoreKind) async throws {
    let fixture = try StoreFixture(kind)
    let job = try await fixture.submit()
    let lease = try await fixture.take()
    #expect(lease?.id == job.id)
    #expect(lease?.attempt == JobAttempt(job: job.number, attempt: 1))
    #expect(try await fixture.take(other) == nil)
    #expect(try await fixture.state(job) == .assigned)
  }

  @Test(arguments: StoreKind.all)
  func `many workers that ask at once each get another job`(kind: StoreKind) async throws {
    let fixture = try StoreFixture(kind)
    for index in 0..<15 { try await fixture.submit(UserID("user-\(index % 3)")) }
    let store = fixture.store
    let leases = try await withThrowingTaskGroup(of: Lease?.self) { group in
      for index in 0..<20 {
        group.addTask { try await store.take(worker: WorkerID("w\(index)"), models: StoreFixture.models) }
      }
      return try await group.reduce(into: [Lease]()) { if let lease = $1 { $0.append(lease) } }
    }
    #expect(leases.count == 15)
    #expect(Set(leases.map(\.attempt)).count == 15)
  }

  @Test(arguments: StoreKind.all)
  func `a worker gets only jobs whose model it has`(kind: StoreKind) async throws {
    let fixture = try StoreFixture(kind)
    try await fixture.submit(StoreFixture.anna, StoreFixture.request(model: "big"))
    let second = try await fixture.submit()
    #expect(try await fixture.take()?.id == second.id)
    #expect(try await fixture.take() == nil)
    #expect(try await fixture.store.take(worker: other, models: ["big", "demo"]) != nil)
  }

  @Test(arguments: StoreKind.all)
  func `a worker that joins another's steps gets only a job that can share them`(kind: StoreKind) async throws
  {
    let fixture = try StoreFixture(kind)
    let running = SharedSteps(StoreFixture.request())
    func join() async throws -> Lease? {
      try await fixture.store.take(
        worker: other, models: StoreFixture.models, modes: Set(GenerationMode.allCases), joining: running)
    }
    var large = StoreFixture.request("a dog")
    large.width = 128
    let first = try await fixture.submit(StoreFixture.anna, large)
    #expect(try await join() == nil)
    let second = try await fixture.submit(StoreFixture.bert, StoreFixture.request("a bird", steps: 3))
    #expect(try await join()?.id == second.id)
    #expect(try await join() == nil)
    #expect(try await fixture.take()?.id == first.id)
  }

  @Test(arguments: StoreKind.all)
  func `a job that took a worker down joins nobody's steps`(kind: StoreKind) async throws {
    let fixture = try StoreFixture(kind)
    let running = SharedSteps(StoreFixture.request())
    func join() async throws -> Lease? {
      try await fixture.store.take(
        worker: other, models: StoreFixture.models, modes: Set(GenerationMode.allCases), joining: running)
    }
    let job = try await fixture.submit()
    let joined = try #require(try await join())
    #expect(!joined.hasCrashed)
    _ = try await fixture.store.start(joined.attempt)
    _ = try await fixture.store.workerLost(other)
    #expect(try await join() == nil)
    let alone = try #require(try await fixture.take())
    #expect(alone.id == job.id && alone.hasCrashed)
  }

  @Test(arguments: StoreKind.all)
  func `a lost worker's job is queued again at its old place`(kind: StoreKind) async throws {
    let fixture = try StoreFixture(kind)
    let first = try await fixture.submit()
    let second = try await fixture.submit()
    let third = try await fixture.submit(StoreFixture.bert)
    let lease = try await fixture.run()
    #expect(lease.id == first.id)
    #expect(try await fixture.store.workerLost(StoreFixture.worker) == [lease.attempt])
    #expect(try await fixture.store.workerLost(StoreFixture.worker).isEmpty)
    let places = try await fixture.store.overview(workers: StoreFixture.workers(1)).places
    #expect(places.map(\.id) == [first.id, third.id, second.id])
    #expect(places.map(\.position) == [0, 1, 2])
    let again = try await fixture.take(other)
    #expect(again?.attempt == JobAttempt(job: first.number, attempt: 2))
    #expect(try await fixture.store.job(first.id, owner: StoreFixture.anna)?.rescueCount == 1)
  }

  @Test(arguments: StoreKind.all)
  func `what an older attempt says is refused`(kind: StoreKind) async throws {
    let fixture = try StoreFixture(kind)
    let job = try await fixture.submit()
    let old = try await fixture.run()
    fixture.clock.advance(.seconds(30))
    #expect(try await fixture.store.expireLeases() == [old.attempt])
    let new = try await fixture.run(other)
    #expect(try await fixture.store.start(old.attempt) == .lost)
    #expect(try await fixture.store.renew(old.attempt) == .lost)
    #expect(try await fixture.store.storeImage(StoreFixture.image(0), for: old.attempt) == .lost)
    #expect(try await fixture.store.finish(old.attempt) == .lost)
    #expect(try await fixture.store.confirmCancel(old.attempt) == .lost)
    let error = UserError(code: "x", message: "x")
    #expect(try await fixture.store.fail(old.attempt, error, retryable: false) == .lost)
    #expect(
      try await fixture.store.resume(old.attempt, worker: StoreFixture.worker) == .settled(accepted: false))
    #expect(try await fixture.state(job) == .running)
    #expect(try await fixture.store.renew(new.attempt) == .held(cancelRequested: false))
  }

  @Test(arguments: StoreKind.all)
  func `an attempt that never was is refused`(kind: StoreKind) async throws {
    let fixture = try StoreFixture(kind)
    for attempt in [JobAttempt(job: 999, attempt: 1), JobAttempt(job: .max, attempt: 1)] {
      #expect(try await fixture.store.finish(attempt) == .lost)
      #expect(try await fixture.store.renew(attempt) == .lost)
      #expect(
        try await fixture.store.resume(attempt, worker: StoreFixture.worker) == .settled(accepted: false))
    }
  }

  @Test(arguments: StoreKind.all)
  func `silence ends a lease after 30 seconds, progress does not, a wall clock set wrong does not`(
    kind: StoreKind
  ) async throws {
    let fixture = try StoreFixture(kind)
    let job = try await fixture.submit()
    let lease = try await fixture.run()
    for _ in 0..<5 {
      fixture.clock.advance(.seconds(29))
      fixture.clock.jumpWall(86_400)
      #expect(try await fixture.store.expireLeases().isEmpty)
      #expect(try await fixture.store.renew(lease.attempt) == .held(cancelRequested: false))
    }
    fixture.clock.jumpWall(-86_400 * 9)
    fixture.clock.advance(.seconds(30))
    #expect(try await fixture.store.expireLeases() == [lease.attempt])
    #expect(try await fixture.state(job) == .queued)
  }

  @Test(arguments: StoreKind.all)
  func `a worker back with its attempt goes on, unless somebody else has the job`(
    kind: StoreKind
  ) async throws {
    let fixture = try StoreFixture(kind)
    try await fixture.submit()
    let lease = try await fixture.run()
    _ = try await fixture.store.workerLost(StoreFixture.worker)
    #expect(
      try await fixture.store.resume(lease.attempt, worker: StoreFixture.worker)
        == .proceed(lease, cancelRequested: false))
    #expect(try await fixture.take(other) == nil)
    _ = try await fixture.store.workerLost(StoreFixture.worker)
    _ = try await fixture.run(other)
    #expect(
      try await fixture.store.resume(lease.attempt, worker: StoreFixture.worker)
        == .settled(accepted: false))
  }

  @Test(arguments: StoreKind.all)
  func `a kept result is acknowledged again to a worker that missed it`(kind: StoreKind) async throws {
    let fixture = try StoreFixture(kind)
    try await fixture.submit()
    let lease = try await fixture.complete()
    #expect(
      try await fixture.store.resume(lease.attempt, worker: StoreFixture.worker) == .settled(accepted: true))
    #expect(try await fixture.store.finish(lease.attempt) == .duplicate)
  }
}
