import Generation
import HTTPTypes
import JobQueue
import Testing

@testable import Server

@Suite struct UploadRouteTests {
  private let token = SessionCookie.newToken()

  @Test func `a picture is stored by its hash and named for its owner`() async throws {
    let service = try TestService()
    defer { service.remove() }
    let bytes = SamplePictures.jpeg(width: 30, height: 20)
    let reply = try await service.send(
      .post, "/api/uploads", cookie: token, headers: [.contentType: "image/jpeg"], body: bytes)
    #expect(reply.status == 201)
    #expect(reply.json["width"] as? Int == 30 && reply.json["height"] as? Int == 20)
    let sha256 = try #require(reply.json["sha256"] as? String)
    let id = UploadID(try #require(reply.json["id"] as? String))
    #expect(try await service.services.uploads.find(sha256, .full)?.size == bytes.count)
    #expect(try await service.store.upload(id, owner: SessionCookie.user(of: token)) != nil)
    #expect(try await service.store.upload(id, owner: UserID("other")) == nil)
  }

  @Test func `what is no picture is 415, what is damaged or too large 422`() async throws {
    let service = try TestService()
    defer { service.remove() }
    for (bytes, status) in [
      (Array("<svg onload='alert(1)'/>".utf8), 415), (SamplePictures.png(width: 5000, height: 1), 422),
      (Array(SamplePictures.png(width: 5, height: 5).prefix(20)), 422), ([], 415),
    ] {
      let reply = try await service.send(
        .post, "/api/uploads", cookie: token, headers: [.contentType: "image/png"], body: bytes)
      #expect(reply.status == status)
    }
    let wrongType = try await service.send(
      .post, "/api/uploads", cookie: token, headers: [.contentType: "multipart/form-data"],
      body: SamplePictures.png(width: 8, height: 8))
    #expect(wrongType.status == 415)
  }

  @Test func `more than 16 MiB is 413`() async throws {
    let service = try TestService()
    defer { service.remove() }
    let bytes = SamplePictures.png(width: 8, height: 8) + [UInt8](repeating: 0, count: 16 << 20)
    let reply = try await service.send(
      .post, "/api/uploads", cookie: token, headers: [.contentType: "image/png"], body: bytes)
    #expect(reply.status == 413)
  }
}
