import Generation
import JobQueue
import Testing

@Suite struct SettlingTests {
  @Test(arguments: StoreKind.all)
  func `pictures are there one by one and the job ends with all of them`(kind: StoreKind) async throws {
    let fixture = try StoreFixture(kind)
    let job = try await fixture.submit(StoreFixture.anna, StoreFixture.request(count: 3))
    let lease = try await fixture.run()
    for index in [1, 0] {
      guard
        case .stored(let image) = try await fixture.store.storeImage(
          StoreFixture.image(index), for: lease.attempt)
      else {
        Issue.record("not stored")
        return
      }
      #expect(image.job == job.id)
    }
    var images = try #require(try await fixture.store.job(job.id, owner: job.owner)).images
    #expect(images.map(\.index) == [0, 1])
    #expect(try await fixture.store.finish(lease.attempt) == .incomplete(missing: [2]))
    #expect(try await fixture.state(job) == .running)
    _ = try await fixture.store.storeImage(StoreFixture.image(2), for: lease.attempt)
    #expect(try await fixture.store.finish(lease.attempt) == .settled(.finished))
    images = try #require(try await fixture.store.job(job.id, owner: job.owner)).images
    #expect(images.map(\.index) == [0, 1, 2])
  }

  @Test(arguments: StoreKind.all)
  func `a second attempt keeps the names of pictures that are the same and replaces others`(
    kind: StoreKind
  ) async throws {
    let fixture = try StoreFixture(kind)
    let job = try await fixture.submit(StoreFixture.anna, StoreFixture.request(count: 2))
    let first = try await fixture.run()
    _ = try await fixture.store.storeImage(StoreFixture.image(0), for: first.attempt)
    _ = try await fixture.store.storeImage(StoreFixture.image(1), for: first.attempt)
    let before = try #require(try await fixture.store.job(job.id, owner: job.owner)).images
    _ = try await fixture.store.workerLost(StoreFixture.worker)
    let second = try await fixture.run()
    #expect(try await fixture.store.storeImage(StoreFixture.image(0), for: second.attempt) == .duplicate)
    guard
      case .stored(let new) = try await fixture.store.storeImage(
        StoreFixture.image(1, "b"), for: second.attempt)
    else {
      Issue.record("not replaced")
      return
    }
    #expect(new.id == before[1].id)
    #expect(new.sha256 != before[1].sha256)
    #expect(try await fixture.store.finish(second.attempt) == .settled(.finished))
    #expect(try await fixture.store.job(job.id, owner: job.owner)?.images.count == 2)
  }

  @Test(arguments: StoreKind.all)
  func `a picture beyond the job's count is refused`(kind: StoreKind) async throws {
    let fixture = try StoreFixture(kind)
    try await fixture.submit()
    let lease = try await fixture.run()
    for index in [-1, 1, 8, Int.max] {
      var image = StoreFixture.image(0)
      image.index = index
      #expect(try await fixture.store.storeImage(image, for: lease.attempt) == .lost)
    }
  }

  @Test(arguments: StoreKind.all)
  func `a picture deleted while its job runs stays deleted`(kind: StoreKind) async throws {
    let fixture = try StoreFixture(kind)
    let job = try await fixture.submit(StoreFixture.anna, StoreFixture.request(count: 2))
    let first = try await fixture.run()
    guard
      case .stored(let image) = try await fixture.store.storeImage(
        StoreFixture.image(0), for: first.attempt)
    else { return }
    #expect(try await fixture.store.deleteImage(image.id, owner: StoreFixture.anna))
    #expect(try await fixture.store.deleteImage(image.id, owner: StoreFixture.anna) == false)
    _ = try await fixture.store.workerLost(StoreFixture.worker)
    let second = try await fixture.run()
    #expect(try await fixture.store.storeImage(StoreFixture.image(0), for: second.attempt) == .duplicate)
    _ = try await fixture.store.storeImage(StoreFixture.image(1), for: second.attempt)
    #expect(try await fixture.store.finish(second.attempt) == .settled(.finished))
    #expect(try await fixture.store.job(job.id, owner: job.owner)?.images.map(\.index) == [1])
  }

  @Test(arguments: StoreKind.all)
  func `a failure is kept with its words and a retried one leaves none`(kind: StoreKind) async throws {
    let fixture = try StoreFixture(kind)
    let job = try await fixture.submit()
    let error = UserError(code: "oom", message: "out of memory", field: "width")
    let first = try await fixture.run()
    #expect(try await fixture.store.fail(first.attempt, error, retryable: true) == .settled(.queued))
    #expect(try await fixture.store.fail(first.attempt, error, retryable: true) == .duplicate)
    #expect(try await fixture.store.job(job.id, owner: job.owner)?.error == nil)
    let second = try await fixture.run()
    #expect(try await fixture.store.fail(second.attempt, error, retryable: true) == .settled(.queued))
    #expect(try await fixture.take() == nil)
    fixture.clock.advance(.seconds(5))
    let third = try await fixture.run()
    #expect(third.attempt.attempt == 3)
    #expect(try await fixture.store.fail(third.attempt, error, retryable: false) == .settled(.failed))
    #expect(try await fixture.store.job(job.id, owner: job.owner)?.error == error)
  }

  @Test(arguments: StoreKind.all)
  func `a job that kills two workers fails and the queue goes on`(kind: StoreKind) async throws {
    let fixture = try StoreFixture(kind)
    let poison = try await fixture.submit(StoreFixture.anna, StoreFixture.request("poison"))
    let next = try await fixture.submit()
    for _ in 0..<2 {
      let lease = try await fixture.run()
      #expect(lease.id == poison.id)
      _ = try await fixture.store.workerLost(StoreFixture.worker)
    }
    let record = try #require(try await fixture.store.job(poison.id, owner: poison.owner))
    #expect(record.state == .failed)
    #expect(record.error?.code == "poison")
    #expect(try await fixture.complete().id == next.id)
  }

  @Test(arguments: StoreKind.all)
  func `a job that was being saved while the next one killed the worker is no poison`(kind: StoreKind)
    async throws
  {
    let fixture = try StoreFixture(kind)
    let saved = try await fixture.submit()
    let poison = try await fixture.submit(StoreFixture.bert, StoreFixture.request("poison"))
    for _ in 0..<2 {
      #expect(try await fixture.run().id == saved.id)
      fixture.clock.advance(.milliseconds(50))
      #expect(try await fixture.run().id == poison.id)
      _ = try await fixture.store.workerLost(StoreFixture.worker)
      fixture.clock.advance(.seconds(30))
    }
    #expect(try await fixture.store.job(poison.id, owner: poison.owner)?.error?.code == "poison")
    #expect(try await fixture.complete().id == saved.id)
  }
}
