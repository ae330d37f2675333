import Foundation
import Generation
import HTTP
import HTTPTypes
import Testing

@testable import Server

@Suite struct PolicyTests {
  private let token = SessionCookie.newToken()

  /// The paths of the route table with names filled in; a new route is in here by itself.
  private func requests(_ service: TestService, id: String, image: String) -> [(
    HTTPRequest.Method, String, Audience
  )] {
    service.router.routes.map { route in
      let name = route.pattern.description.contains("images") ? image : id
      let path = route.pattern.description.split(separator: "/").map { $0 == "{id}" ? name : String($0) }
      return (route.method, "/" + path.joined(separator: "/"), route.audience)
    }
  }

  private func body(_ method: HTTPRequest.Method, _ path: String) -> ([UInt8], HTTPFields) {
    switch (method, path) {
    case (.post, "/api/uploads"): (SamplePictures.png(width: 8, height: 8), [.contentType: "image/png"])
    case (.post, "/api/grids"):
      (Array(#"{"prompt":"p","x":{"axis":"Steps","values":"1,2"}}"#.utf8), [:])
    case (.post, _): (Array(#"{"prompt":"p"}"#.utf8), [:])
    case (.patch, _): (Array(#"{"favourite":true}"#.utf8), [:])
    default: ([], [:])
    }
  }

  @Test func `every route answers its audience alone`() async throws {
    let service = try TestService()
    defer { service.remove() }
    let id = try await service.submit("mine", cookie: token)
    try await service.workOnce()
    let job = try await service.send(.get, "/api/jobs/\(id)", cookie: token)
    let image = try #require(job.images.first?["id"] as? String)
    let stranger = SessionCookie.newToken()
    for (method, path, audience) in requests(service, id: id, image: image)
    where audience != .account && audience != .admin && !path.contains("session") && !path.contains("account")
    {
      let (body, headers) = body(method, path)
      let nobody = try await service.send(method, path, headers: headers, body: body)
      let other = try await service.send(method, path, cookie: stranger, headers: headers, body: body)
      if audience == .user {
        #expect(nobody.status == 401, "\(method) \(path)")
        #expect(nobody.errorCode == "no_session")
      } else {
        #expect(nobody.status < 400, "\(method) \(path)")
      }
      if path.contains(id) || path.contains(image) {
        #expect(other.status == 404, "\(method) \(path)")
        #expect(!other.text.contains("mine"))
      } else {
        #expect(!other.text.contains(id) && !other.text.contains(image), "\(method) \(path)")
      }
    }
    // The stranger's tries changed nothing.
    #expect(try await service.send(.get, "/api/images/\(image)", cookie: token).status == 200)
  }

  @Test func `unknown hosts are 421, also for the page`() async throws {
    let service = try TestService(access: .single)
    defer { service.remove() }
    for path in ["/", "/api/capabilities", "/api/jobs", "/healthz"] {
      #expect(try await service.send(.get, path, host: "evil.example").status == 421)
      #expect(try await service.send(.get, path, host: "evil.example:3000").errorCode == "unknown_host")
    }
    #expect(try await service.send(.get, "/api/capabilities", host: "127.0.0.1:3000").status == 200)
  }

  @Test(arguments: [
    "http://evil.example", "null", "https://localhost:3000", "http://localhost:3001", "http://localhost",
  ])
  func `foreign pages cannot change anything or listen`(_ origin: String) async throws {
    let service = try TestService(access: .single)
    defer { service.remove() }
    let headers: HTTPFields = [.origin: origin]
    #expect(try await service.post("/api/jobs", #"{"prompt":"p"}"#, headers: headers).status == 403)
    #expect(try await service.send(.delete, "/api/jobs/x", headers: headers).status == 403)
    var upgrade = headers
    upgrade[.upgrade] = "websocket"
    #expect(try await service.send(.get, "/api/events", headers: upgrade).status == 403)
    #expect(try await service.send(.get, "/api/jobs").jobs.isEmpty)
  }

  @Test(arguments: [
    "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "", "image/png",
  ])
  func `a form cannot post a job`(_ type: String) async throws {
    let service = try TestService(access: .single)
    defer { service.remove() }
    let reply = try await service.post("/api/jobs", #"{"prompt":"p"}"#, headers: [.contentType: type])
    #expect(reply.status == 415)
  }

  @Test func `a body that says it is compressed is not read`() async throws {
    let service = try TestService(access: .single)
    defer { service.remove() }
    for (coding, status) in [("gzip", 415), ("Identity", 201), ("identity, gzip", 415)] {
      let reply = try await service.post("/api/jobs", #"{"prompt":"p"}"#, headers: [.contentEncoding: coding])
      #expect(reply.status == status)
    }
  }

  @Test func `who is not known is told how to be`() async throws {
    let service = try TestService()
    defer { service.remove() }
    let reply = try await service.send(.get, "/api/jobs")
    #expect(reply.status == 401)
    #expect(reply.headers[.wwwAuthenticate] == #"Bearer realm="atelier""#)
  }

  @Test func `what is no route is said before what is no content type`() async throws {
    let service = try TestService(access: .single)
    defer { service.remove() }
    #expect(try await service.send(.put, "/healthz").status == 405)
    #expect(try await service.send(.patch, "/api/jobs").status == 405)
    #expect(try await service.send(.post, "/nothing").status == 404)
  }

  @Test func `a tool without origin and cookie may post`() async throws {
    let service = try TestService(access: .single)
    defer { service.remove() }
    let body = Array(#"{"prompt":"p"}"#.utf8)
    let head = try RequestHeadWithoutOrigin.make(.post, "/api/jobs", "Application/JSON; charset=utf-8")
    let reply = try Reply(await service.router.respond(to: .init(head, body: body)))
    #expect(reply.status == 201)
  }

  @Test func `a tool's first job makes it a user, its cookie keeps it one`() async throws {
    let service = try TestService()
    defer { service.remove() }
    let first = try await service.post("/api/jobs", #"{"prompt":"p"}"#)
    #expect(first.status == 201)
    let cookie = try #require(first.headers[.setCookie])
    let token = try #require(SessionCookie.token(in: cookie.split(separator: ";").first.map(String.init)))
    #expect(try await service.send(.get, "/api/jobs", cookie: token).jobs.count == 1)
    let second = try await service.post("/api/jobs", #"{"prompt":"p"}"#)
    #expect(second.headers[.setCookie] != cookie)
    #expect(try await service.send(.get, "/api/jobs", cookie: token).jobs.count == 1)
  }

  @Test func `one address brings so many new users, with cookies of its own making too`() async throws {
    let service = try TestService { $0.limits.newcomersPerAddress = 2 }
    defer { service.remove() }
    let known = SessionCookie.newToken()
    _ = try await service.submit("p", cookie: known)
    #expect(try await service.post("/api/jobs", #"{"prompt":"p"}"#).status == 201)
    let png = SamplePictures.png(width: 8, height: 8)
    for cookie in [nil, SessionCookie.newToken()] {
      let reply = try await service.post("/api/jobs", #"{"prompt":"p"}"#, cookie: cookie)
      #expect(reply.status == 429 && reply.errorCode == "too_fast" && reply.headers[.retryAfter] != nil)
    }
    let upload = try await service.send(
      .post, "/api/uploads", cookie: SessionCookie.newToken(), headers: [.contentType: "image/png"], body: png
    )
    #expect(upload.status == 429)
    // Who is known goes on.
    _ = try await service.submit("p", cookie: known)
    let own = try await service.send(
      .post, "/api/uploads", cookie: known, headers: [.contentType: "image/png"], body: png)
    #expect(own.status == 201)
  }

  @Test func `a browser gets its cookie where a page starts, and nowhere else`() async throws {
    let service = try TestService()
    defer { service.remove() }
    let first = try await service.send(.get, "/api/capabilities")
    let cookie = try #require(first.headers[.setCookie])
    #expect(cookie.hasPrefix("sid="))
    #expect(try await service.send(.get, "/api/jobs").headers[.setCookie] == nil)
    #expect(try await service.send(.get, "/healthz").headers[.setCookie] == nil)
    let single = try TestService(access: .single)
    defer { single.remove() }
    #expect(try await single.send(.get, "/api/capabilities").headers[.setCookie] == nil)
  }

  @Test func `a page that brings a cookie is for its receiver alone`() async throws {
    let service = try TestService()
    defer { service.remove() }
    let folder = URL(fileURLWithPath: service.folder + "/public")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data("<p>".utf8).write(to: folder.appendingPathComponent("index.html"))
    let files = try StaticFiles(folder: folder.path)
    let page = Request(try RequestHead(.get, "/"))
    let open = try Reply(await Routes.table(service.services, files: files).respond(to: page))
    #expect(open.headers[.setCookie] != nil)
    #expect(open.headers[.cacheControl] == "no-cache, private")
    let single = try TestService(access: .single)
    defer { single.remove() }
    let known = try Reply(await Routes.table(single.services, files: files).respond(to: page))
    #expect(known.headers[.setCookie] == nil)
    #expect(known.headers[.cacheControl] == "no-cache")
  }

  @Test func `security headers are everywhere, also on errors`() async throws {
    let service = try TestService()
    defer { service.remove() }
    for path in ["/api/capabilities", "/api/jobs", "/nowhere", "/healthz", "/metrics"] {
      let headers = try await service.send(.get, path).headers
      #expect(headers[.xContentTypeOptions] == "nosniff" && headers[.contentSecurityPolicy] != nil, "\(path)")
    }
  }

  @Test func `a body over 64 KiB is 413`() async throws {
    let service = try TestService(access: .single)
    defer { service.remove() }
    let long = String(repeating: "a", count: 70_000)
    #expect(try await service.post("/api/jobs", #"{"prompt":"\#(long)"}"#).status == 413)
  }
}
