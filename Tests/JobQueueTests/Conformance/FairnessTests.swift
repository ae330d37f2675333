import Generation
import JobQueue
import Testing

@Suite struct FairnessTests {
  @Test(arguments: StoreKind.all)
  func `after one user's twenty jobs another's first is done after the running one and one more at most`(
    kind: StoreKind
  ) async throws {
    let fixture = try StoreFixture(kind)
    for _ in 0..<20 { try await fixture.submit() }
    for _ in 0..<5 { try await fixture.complete() }
    let running = try await fixture.run()
    let wanted = try await fixture.submit(StoreFixture.bert)
    let position = try await fixture.store.overview(workers: StoreFixture.workers(1)).places.first {
      $0.id == wanted.id
    }?.position
    #expect(position ?? 99 <= 2)
    _ = try await fixture.store.storeImage(StoreFixture.image(0), for: running.attempt)
    _ = try await fixture.store.finish(running.attempt)
    var taken: [JobID] = []
    for _ in 0..<2 { taken.append(try await fixture.complete().id) }
    #expect(taken.contains(wanted.id))
  }

  @Test(arguments: StoreKind.all)
  func `the order shown is the order in which jobs are taken`(kind: StoreKind) async throws {
    let fixture = try StoreFixture(kind)
    for index in 0..<12 {
      let request = StoreFixture.request(steps: [5, 20, 50][index % 3], count: index % 2 + 1)
      try await fixture.submit(UserID("user-\(index * index % 4)"), request)
    }
    while let next = try await fixture.store.overview(workers: StoreFixture.workers(1)).places.first {
      #expect(try await fixture.complete().id == next.id)
    }
    #expect(try await fixture.store.overview(workers: StoreFixture.workers(1)).waiting == 0)
  }

  @Test(arguments: StoreKind.all)
  func `a worker with some of the models takes the first of those in the order shown`(
    kind: StoreKind
  ) async throws {
    let fixture = try StoreFixture(kind)
    var chance: UInt64 = 7
    for index in 0..<30 {
      chance = chance &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let request = StoreFixture.request(
        model: ["demo", "other"][Int(chance >> 40) % 2], steps: [5, 20, 50][Int(chance >> 44) % 3])
      try await fixture.submit(UserID("user-\(Int(chance >> 50) % 5)"), request)
      if index % 10 == 9 { try await fixture.complete() }
    }
    while true {
      var first: JobID?
      for place in try await fixture.store.overview(workers: []).places where first == nil {
        let job = try #require(try await fixture.store.job(place.id, owner: place.owner))
        if job.request.model == "demo" { first = place.id }
      }
      guard let first else { break }
      #expect(try await fixture.complete().id == first)
    }
    #expect(try await fixture.take() == nil)
  }

  @Test(arguments: StoreKind.all)
  func `a lost link that comes back is no free turn`(kind: StoreKind) async throws {
    let fixture = try StoreFixture(kind)
    try await fixture.submit()
    let lease = try await fixture.run()
    _ = try await fixture.store.workerLost(StoreFixture.worker)
    let back = try await fixture.store.resume(lease.attempt, worker: StoreFixture.worker)
    #expect(back == .proceed(lease, cancelRequested: false))
    let own = try await fixture.submit()
    let others = try await fixture.submit(StoreFixture.bert)
    let places = try await fixture.store.overview(workers: []).places
    #expect(places.map(\.id) == [others.id, own.id])
  }

  @Test(arguments: StoreKind.all)
  func `first come first served is there too`(kind: StoreKind) async throws {
    var policy = QueuePolicy()
    policy.order = .fifo
    let fixture = try StoreFixture(kind, policy: policy)
    var expected: [JobID] = []
    for _ in 0..<3 { expected.append(try await fixture.submit().id) }
    expected.append(try await fixture.submit(StoreFixture.bert).id)
    var taken: [JobID] = []
    for _ in 0..<4 { taken.append(try await fixture.complete().id) }
    #expect(taken == expected)
  }

  @Test(arguments: StoreKind.all)
  func `places count running jobs and starts are estimated from what was measured`(
    kind: StoreKind
  ) async throws {
    let fixture = try StoreFixture(kind)
    try await fixture.submit()
    let second = try await fixture.submit()
    let third = try await fixture.submit()
    let lease = try await fixture.run()
    var overview = try await fixture.store.overview(workers: StoreFixture.workers(1))
    #expect(overview.waiting == 2)
    #expect(overview.running == 1)
    #expect(overview.places.map(\.id) == [second.id, third.id])
    #expect(overview.places.map(\.position) == [1, 2])
    #expect(overview.places.map(\.estimatedStartSeconds) == [nil, nil])
    try await fixture.store.recordTiming(
      Timing(request: lease.request, worker: StoreFixture.worker, evaluations: 20, seconds: 10))
    fixture.clock.advance(.seconds(4))
    overview = try await fixture.store.overview(workers: StoreFixture.workers(1))
    #expect(overview.places.map(\.estimatedStartSeconds) == [6, 16])
    #expect(
      try await fixture.store.overview(workers: StoreFixture.workers(2)).places.map(\.estimatedStartSeconds)
        == [0, 6])
    #expect(
      try await fixture.store.overview(workers: StoreFixture.workers(0)).places.map(\.estimatedStartSeconds)
        == [nil, nil])
  }
}
