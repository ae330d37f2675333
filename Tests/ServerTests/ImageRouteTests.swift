import Generation
import HTTPTypes
import JobQueue
import Testing

@testable import Server

@Suite struct ImageRouteTests {
  private let token = SessionCookie.newToken()

  private func finished(_ service: TestService) async throws -> (url: String, bytes: [UInt8]) {
    let id = try await service.submit("p", cookie: token)
    let lease = try #require(try await service.workOnce())
    let job = try await service.send(.get, "/api/jobs/\(id)", cookie: token)
    #expect(job.json["state"] as? String == "finished")
    let url = try #require(job.images.first?["url"] as? String)
    return (url, TestService.picture(owner: lease.owner, request: lease.request, index: 0))
  }

  @Test func `its owner gets the picture with headers that keep it private and still`() async throws {
    let service = try TestService()
    defer { service.remove() }
    let (url, bytes) = try await finished(service)
    let reply = try await service.send(.get, url, cookie: token)
    #expect(reply.status == 200 && reply.body == bytes)
    #expect(reply.headers[.contentType] == "image/png")
    #expect(reply.headers[.cacheControl] == "private, max-age=31536000, immutable")
    #expect(reply.headers[.contentSecurityPolicy] == "default-src 'none'")
    #expect(reply.headers[.xContentTypeOptions] == "nosniff")
    #expect(reply.headers[.contentDisposition] == nil)
    let small = try await service.send(.get, url + "/thumbnail", cookie: token)
    #expect(small.body == Array("small ".utf8) + bytes)
    #expect(small.headers[.eTag] != reply.headers[.eTag])
    let named = try await service.send(.get, url + "?download", cookie: token)
    #expect(named.headers[.contentDisposition]?.hasPrefix("attachment; filename=\"atelier-1-") == true)
  }

  @Test(arguments: [
    ("bytes=0-3", 206, 0..<4), ("bytes=5-", 206, 5..<Int.max), ("bytes=-4", 206, -4..<0),
    ("bytes=9999999999999999999999-", 416, 0..<0), ("bytes=3-1", 200, 0..<Int.max),
    ("bytes=0-1,3-4", 200, 0..<Int.max),
    ("items=0-1", 200, 0..<Int.max), ("bytes=-", 200, 0..<Int.max), ("bytes=-0", 416, 0..<0),
  ])
  func `one range is served`(_ range: String, _ status: Int, _ expected: Range<Int>) async throws {
    let service = try TestService()
    defer { service.remove() }
    let (url, bytes) = try await finished(service)
    let reply = try await service.send(.get, url, cookie: token, headers: [.range: range])
    #expect(reply.status == status)
    guard status != 416 else { return }
    let start = expected.lowerBound < 0 ? bytes.count + expected.lowerBound : expected.lowerBound
    #expect(reply.body == Array(bytes[start...].prefix(expected.count)))
  }

  @Test func `a known picture is not sent again`() async throws {
    let service = try TestService()
    defer { service.remove() }
    let (url, _) = try await finished(service)
    let tag = try #require(try await service.send(.get, url, cookie: token).headers[.eTag])
    for value in [tag, "W/\(tag)", "\"x\", \(tag)", "*"] {
      let reply = try await service.send(.get, url, cookie: token, headers: [.ifNoneMatch: value])
      #expect(reply.status == 304 && reply.body.isEmpty, "\(value)")
    }
    #expect(try await service.send(.get, url, cookie: token, headers: [.ifNoneMatch: "\"x\""]).status == 200)
  }

  @Test func `a picture is kept, then deleted`() async throws {
    let service = try TestService()
    defer { service.remove() }
    let (url, _) = try await finished(service)
    let kept = try await service.send(.patch, url, cookie: token, body: Array(#"{"favourite":true}"#.utf8))
    #expect(kept.status == 200 && kept.json["favourite"] as? Bool == true)
    #expect(kept.json["nsfw_content_detected"] as? Bool == false)
    for body in [#"{}"#, #"{"favourite":1}"#, #"{"favourite":true,"x":1}"#, "[]"] {
      #expect(try await service.send(.patch, url, cookie: token, body: Array(body.utf8)).status == 422)
    }
    #expect(try await service.send(.delete, url, cookie: token).status == 204)
    for method in [HTTPRequest.Method.get, .delete] {
      #expect(try await service.send(method, url, cookie: token).status == 404)
    }
    #expect(try await service.send(.get, url + "/thumbnail", cookie: token).status == 404)
  }

  @Test(arguments: [
    "/api/images/..%2f..%2fatelier.sqlite", "/api/images/%2e%2e", "/api/images/..%5c..%5cx",
    "/api/images/%00",
    "/api/images//thumbnail", "/api/images/a%2fb", "/api/images/" + String(repeating: "a", count: 5000),
  ])
  func `no name becomes a path`(_ path: String) async throws {
    let service = try TestService()
    defer { service.remove() }
    do {
      let reply = try await service.send(.get, path, cookie: token)
      #expect(reply.status == 404)
    } catch {
      // The target itself is refused before any route sees it.
    }
  }
}
