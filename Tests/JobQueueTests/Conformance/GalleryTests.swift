import FoundationEssentials
import Generation
import JobQueue
import Testing

@Suite struct GalleryTests {
  private func picture(_ fixture: StoreFixture, _ owner: UserID = StoreFixture.anna) async throws
    -> ImageRecord
  {
    let job = try await fixture.submit(owner)
    try await fixture.complete()
    return try #require(try await fixture.store.job(job.id, owner: owner)?.images.first)
  }

  @Test(arguments: StoreKind.all)
  func `every read with another owner finds nothing`(kind: StoreKind) async throws {
    let fixture = try StoreFixture(kind)
    let image = try await picture(fixture)
    let upload = try await fixture.store.addUpload(
      NewUpload(
        owner: StoreFixture.anna, sha256: "u", width: 1, height: 1, mediaType: "image/png", bytes: 9))
    let store = fixture.store
    let bert = StoreFixture.bert
    try await store.ensureUser(bert, kind: .anonymous)
    #expect(try await store.job(image.job, owner: bert) == nil)
    #expect(try await store.jobs(owner: bert, page: JobPage()).isEmpty)
    #expect(try await store.jobs(owner: bert, page: JobPage(before: image.job)).isEmpty)
    #expect(try await store.cancel(image.job, owner: bert) == nil)
    #expect(try await store.image(image.id, owner: bert) == nil)
    #expect(try await store.images(owner: bert, limit: 10, before: nil).isEmpty)
    #expect(try await store.setFavourite(image.id, owner: bert, true) == nil)
    #expect(try await store.deleteImage(image.id, owner: bert) == false)
    #expect(try await store.upload(upload.id, owner: bert) == nil)
    #expect(try await store.storedBytes(owner: bert) == 0)
    #expect(try await store.events(owner: bert, since: 0, limit: 10) == .events([]))
    #expect(try await store.image(image.id, owner: StoreFixture.anna) == image)
    #expect(try await store.upload(upload.id, owner: StoreFixture.anna) == upload)
  }

  @Test(arguments: StoreKind.all)
  func `favourites and deletions are kept and logged`(kind: StoreKind) async throws {
    let fixture = try StoreFixture(kind)
    let image = try await picture(fixture)
    let store = fixture.store
    let before = try await store.lastSequence(owner: image.owner)
    #expect(try await store.setFavourite(image.id, owner: image.owner, true)?.favourite == true)
    #expect(try await store.setFavourite(image.id, owner: image.owner, true)?.favourite == true)
    #expect(try await store.deleteImage(image.id, owner: image.owner))
    #expect(try await store.image(image.id, owner: image.owner) == nil)
    #expect(try await store.job(image.job, owner: image.owner)?.images == [])
    guard case .events(let events) = try await store.events(owner: image.owner, since: before, limit: 10)
    else {
      Issue.record("a gap")
      return
    }
    #expect(
      events.map(\.kind) == [.image(image.id, job: image.job), .imageDeleted(image.id, job: image.job)])
  }

  @Test(arguments: StoreKind.all)
  func `what the safety checker made black is remembered as such`(kind: StoreKind) async throws {
    let fixture = try StoreFixture(kind)
    let job = try await fixture.submit()
    let lease = try #require(try await fixture.take())
    var image = StoreFixture.image(0)
    image.isFlagged = true
    _ = try await fixture.store.storeImage(image, for: lease.attempt)
    let stored = try await fixture.store.job(job.id, owner: StoreFixture.anna)?.images
    #expect(stored?.map(\.isFlagged) == [true])
  }

  @Test(arguments: StoreKind.all)
  func `pictures are listed newest first by page`(kind: StoreKind) async throws {
    let fixture = try StoreFixture(kind)
    var images: [ImageID] = []
    for _ in 0..<4 { images.append(try await picture(fixture).id) }
    let first = try await fixture.store.images(owner: StoreFixture.anna, limit: 3, before: nil)
    #expect(first.map(\.id) == images.reversed().prefix(3).map(\.self))
    let rest = try await fixture.store.images(owner: StoreFixture.anna, limit: 3, before: first.last?.id)
    #expect(rest.map(\.id) == [images[0]])
  }

  @Test(arguments: StoreKind.all)
  func `files are known while a row needs them`(kind: StoreKind) async throws {
    let fixture = try StoreFixture(kind)
    let first = try await picture(fixture)
    let second = try await picture(fixture, StoreFixture.bert)
    #expect(first.sha256 == second.sha256)
    let names = [first.sha256, "other", ""]
    #expect(try await fixture.store.known(names) == [first.sha256])
    _ = try await fixture.store.deleteImage(first.id, owner: first.owner)
    #expect(try await fixture.store.known(names) == [first.sha256])
    _ = try await fixture.store.deleteImage(second.id, owner: second.owner)
    #expect(try await fixture.store.known(names).isEmpty)
    #expect(try await fixture.store.storedBytes(owner: first.owner) == 0)
  }
}
