import Generation
import JobQueue
import Testing

@Suite struct GridTests {
  private static func submission(
    _ owner: UserID = StoreFixture.anna, cells: Int = 3, key: String? = nil, fingerprint: String = "f"
  ) -> GridSubmission {
    GridSubmission(
      owner: owner, description: "x", requests: (0..<cells).map { StoreFixture.request("cell \($0)") },
      idempotencyKey: key.map { .init(key: $0, fingerprint: fingerprint) })
  }

  private static func make(_ fixture: StoreFixture, _ submission: GridSubmission) async throws -> GridRecord {
    guard case .created(let grid) = try await fixture.store.submit(submission) else {
      throw JobQueueError.unreadable(column: "not created")
    }
    return grid
  }

  @Test(arguments: StoreKind.all)
  func `a grid is its jobs in order, and each says where it stands`(kind: StoreKind) async throws {
    let fixture = try StoreFixture(kind)
    let grid = try await Self.make(fixture, Self.submission())
    #expect(grid.jobs.map(\.request.prompt) == ["cell 0", "cell 1", "cell 2"])
    #expect(grid.jobs.map(\.cell?.place) == [0, 1, 2])
    #expect(grid.jobs.allSatisfy { $0.cell?.grid == grid.id && $0.state == .queued })
    #expect(try await fixture.store.grid(grid.id, owner: StoreFixture.anna) == grid)
    #expect(try await fixture.store.grids(owner: StoreFixture.anna, limit: 5) == [grid])
    #expect(try await fixture.store.job(grid.jobs[1].id, owner: StoreFixture.anna)?.cell?.place == 1)
    try await fixture.restart()
    #expect(try await fixture.store.grid(grid.id, owner: StoreFixture.anna) == grid)
  }

  @Test(arguments: StoreKind.all)
  func `nobody else finds it or ends it`(kind: StoreKind) async throws {
    let fixture = try StoreFixture(kind)
    let grid = try await Self.make(fixture, Self.submission())
    #expect(try await fixture.store.grid(grid.id, owner: StoreFixture.bert) == nil)
    #expect(try await fixture.store.cancel(grid.id, owner: StoreFixture.bert) == nil)
    #expect(try await fixture.store.grids(owner: StoreFixture.bert, limit: 5).isEmpty)
    #expect(try await fixture.store.grid(grid.id, owner: StoreFixture.anna) == grid)
  }

  @Test(arguments: StoreKind.all)
  func `cancelling ends what waits, asks for the end of what runs and keeps what is done`(
    kind: StoreKind
  ) async throws {
    let fixture = try StoreFixture(kind)
    let grid = try await Self.make(fixture, Self.submission(cells: 4))
    try await fixture.complete()
    _ = try await fixture.run()
    let cancelled = try #require(try await fixture.store.cancel(grid.id, owner: StoreFixture.anna))
    #expect(cancelled.jobs.map(\.state) == [.finished, .running, .cancelled, .cancelled])
    #expect(cancelled.jobs.map(\.cancelRequested) == [false, true, false, false])
    #expect(try await fixture.take() == nil)
  }

  @Test(arguments: StoreKind.all)
  func `all cells come in or none does`(kind: StoreKind) async throws {
    var policy = QueuePolicy()
    policy.cellsPerUser = 5
    policy.jobsTotal = 8
    let fixture = try StoreFixture(kind, policy: policy)
    _ = try await Self.make(fixture, Self.submission(cells: 3))
    await #expect(throws: JobQueueError.tooManyJobs(limit: 5)) {
      try await fixture.store.submit(Self.submission(cells: 3))
    }
    #expect(try await fixture.store.jobs(owner: StoreFixture.anna, page: JobPage()).count == 3)
    await #expect(throws: JobQueueError.queueFull(limit: 4)) {
      try await fixture.store.submit(Self.submission(StoreFixture.bert, cells: 2))
    }
    for _ in 0..<5 { _ = try await fixture.submit() }
    await #expect(throws: JobQueueError.queueFull(limit: 8)) {
      try await fixture.store.submit(Self.submission(StoreFixture.bert, cells: 1))
    }
  }

  @Test(arguments: StoreKind.all)
  func `cells leave room for jobs that come alone`(kind: StoreKind) async throws {
    var policy = QueuePolicy()
    policy.jobsPerUser = 1
    let fixture = try StoreFixture(kind, policy: policy)
    _ = try await Self.make(fixture, Self.submission(cells: 3))
    #expect(try await fixture.submit().cell == nil)
    await #expect(throws: JobQueueError.tooManyJobs(limit: 1)) { try await fixture.submit() }
  }

  @Test(arguments: StoreKind.all)
  func `one key makes one grid, and no job`(kind: StoreKind) async throws {
    let fixture = try StoreFixture(kind)
    let grid = try await Self.make(fixture, Self.submission(key: "k"))
    #expect(try await fixture.store.submit(Self.submission(key: "k")) == .same(grid))
    #expect(try await fixture.store.submit(Self.submission(key: "k", fingerprint: "g")) == .conflict)
    let job = JobSubmission(
      owner: StoreFixture.anna, request: StoreFixture.request(),
      idempotencyKey: .init(key: "j", fingerprint: "f"))
    _ = try await fixture.store.submit(job)
    #expect(try await fixture.store.submit(Self.submission(key: "j")) == .conflict)
  }
}
