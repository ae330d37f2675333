import Generation
import JobQueue
import Testing

@Suite struct RetentionTests {
  private let day = Duration.seconds(86_400)

  @Test(arguments: StoreKind.all)
  func `what is old goes, favourites and what an unfinished job needs stay`(kind: StoreKind) async throws {
    let fixture = try StoreFixture(kind)
    let kept = try await fixture.submit()
    try await fixture.complete()
    let old = try await fixture.submit()
    try await fixture.complete()
    let favourite = try #require(try await fixture.store.job(kept.id, owner: kept.owner)?.images.first)
    _ = try await fixture.store.setFavourite(favourite.id, owner: kept.owner, true)
    var upload = NewUpload(
      owner: StoreFixture.anna, sha256: "b", width: 8, height: 8, mediaType: "image/png", bytes: 9)
    let loose = try await fixture.store.addUpload(upload)
    #expect(try await fixture.store.addUpload(upload).id == loose.id)
    upload.sha256 = "c"
    let needed = try await fixture.store.addUpload(upload)
    let waiting = try await fixture.submit(StoreFixture.anna, StoreFixture.request("with \(needed.id)"))
    fixture.clock.advance(day * 3)
    let young = try await fixture.submit(StoreFixture.bert)
    let last = try await fixture.store.lastSequence(owner: StoreFixture.anna)
    let policy = RetentionPolicy(age: day * 2)
    #expect(try await fixture.store.retire(policy) == RetiredCount(images: 1, uploads: 1, jobs: 1))
    #expect(try await fixture.store.retire(policy).isEmpty)
    #expect(try await fixture.store.image(favourite.id, owner: kept.owner)?.sha256 == favourite.sha256)
    #expect(try await fixture.store.job(old.id, owner: old.owner) == nil)
    #expect(try await fixture.state(waiting) == .queued)
    #expect(try await fixture.state(young) == .queued)
    #expect(try await fixture.store.upload(loose.id, owner: loose.upload.owner) == nil)
    #expect(try await fixture.store.upload(needed.id, owner: needed.upload.owner) != nil)
    // Its owner's page hears of the picture.
    #expect(try await fixture.store.lastSequence(owner: StoreFixture.anna) == last + 1)
  }

  @Test(arguments: StoreKind.all)
  func `a user with too many bytes loses the oldest pictures, others nothing`(kind: StoreKind) async throws {
    let fixture = try StoreFixture(kind)
    var jobs: [JobRecord] = []
    for _ in 0..<5 {
      jobs.append(try await fixture.submit())
      try await fixture.complete()
    }
    let other = try await fixture.submit(StoreFixture.bert)
    try await fixture.complete()
    func images(_ job: JobRecord) async throws -> [ImageRecord] {
      try #require(try await fixture.store.job(job.id, owner: job.owner)).images
    }
    let first = try #require(try await images(jobs[0]).first)
    _ = try await fixture.store.setFavourite(first.id, owner: first.owner, true)
    // Each picture is said to have 100 bytes.
    #expect(try await fixture.store.retire(RetentionPolicy(bytesPerUser: 250)) == RetiredCount(images: 3))
    var counts: [Int] = []
    for job in jobs + [other] { counts.append(try await images(job).count) }
    #expect(counts == [1, 0, 0, 0, 1, 1])
    #expect(try await fixture.store.retire(RetentionPolicy(bytesPerUser: 250)).isEmpty)
    // Favourites alone may be more than that.
    #expect(try await fixture.store.retire(RetentionPolicy(bytesPerUser: 50)).images == 2)
    #expect(try await fixture.store.retire(RetentionPolicy(bytesPerUser: 50)).isEmpty)
  }

  @Test(arguments: StoreKind.all)
  func `one call forgets at most its batch`(kind: StoreKind) async throws {
    let fixture = try StoreFixture(kind)
    for _ in 0..<5 {
      try await fixture.submit()
      try await fixture.complete()
    }
    fixture.clock.advance(day)
    var policy = RetentionPolicy(age: .seconds(60))
    policy.batch = 2
    var images: [Int] = []
    while true {
      let part = try await fixture.store.retire(policy)
      if part.isEmpty { break }
      images.append(part.images)
    }
    #expect(images.reduce(0, +) == 5)
    #expect(images.allSatisfy { $0 <= 2 })
    #expect(try await fixture.store.jobs(owner: StoreFixture.anna, page: JobPage()).isEmpty)
    // Nothing is left of the user, who may come again.
    #expect(try await fixture.store.lastSequence(owner: StoreFixture.anna) == 0)
    try await fixture.submit()
    #expect(try await fixture.store.lastSequence(owner: StoreFixture.anna) == 1)
  }
}
