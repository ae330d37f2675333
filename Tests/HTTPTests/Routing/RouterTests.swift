import HTTPTypes
import Synchronization
import Testing

@testable import HTTP

private enum Audience: Sendable { case anyone, user, admin }

private struct Hidden: Error {}

@Suite struct RouterTests {
  /// A table with a route of each kind; the Authorization header names who asks.
  private func router() -> Router<Audience, String> {
    var router = Router<Audience, String>(
      policy: .init(
        screen: { head in if head.host == "evil" { throw HTTPError(.misdirectedRequest, "bad_host", "no") } },
        authorize: { head, audience in
          let name = head.headers[.authorization] ?? "nobody"
          switch audience {
          case .anyone: return name
          case .user:
            if name == "nobody" { throw HTTPError(.unauthorized, "login", "log in") } else { return name }
          case .admin:
            if name == "admin" { return name } else { throw HTTPError(.forbidden, "forbidden", "no") }
          }
        },
        translate: { $0 is Hidden ? HTTPError(.conflict, "hidden", "known") : nil },
        decorate: { response, _ in response.headers[.server] = "test" }))
    router.on(.get, "/", audience: .anyone) { _, _ in .text("root") }
    router.on(.get, "/jobs", audience: .user) { _, context in .text("jobs of \(context.identity)") }
    router.on(.post, "/jobs", audience: .user, bodyLimit: 4) { request, _ in
      Response(.created, body: .bytes(request.body))
    }
    router.on(.get, "/jobs/{id}", audience: .user) { _, context in .text("job \(context.parameters["id"])") }
    router.on(.get, "/jobs/latest", audience: .user) { _, _ in .text("latest") }
    router.on(.delete, "/jobs/{id}/images/{image}", audience: .admin) { _, context in
      .text("\(context.parameters["id"]) \(context.parameters["image"])")
    }
    router.on(.get, "/known", audience: .anyone) { _, _ in throw Hidden() }
    router.on(.get, "/unknown", audience: .anyone) { _, _ in throw CancellationError() }
    return router
  }

  private func ask(
    _ method: HTTPRequest.Method, _ path: String, as name: String? = "ann", body: String = "",
    host: String = "a"
  ) async throws -> (code: Int, text: String, response: Response) {
    var headers = HTTPFields()
    if let name { headers[.authorization] = name }
    let head = try RequestHead(method, path, headers: headers, host: host)
    let response = await router().respond(to: Request(head, body: Array(body.utf8)))
    var text = ""
    if case .bytes(let bytes) = response.body { text = String(decoding: bytes, as: UTF8.self) }
    return (response.status.code, text, response)
  }

  @Test(arguments: [
    ("/", "root"), ("/jobs", "jobs of ann"), ("/jobs/7", "job 7"), ("/jobs/latest", "latest"),
    ("/jobs/a%20b", "job a b"), ("/jobs?x=1", "jobs of ann"),
  ])
  func `a path finds its handler, literals before parameters`(path: String, text: String) async throws {
    let answer = try await ask(.get, path)
    #expect(answer.code == 200)
    #expect(answer.text == text)
    #expect(answer.response.headers[.server] == "test")
  }

  @Test(arguments: ["/nope", "/jobs/", "/jobs/7/", "/JOBS", "/jobs/7/images", "//", "/jobs//images/x"])
  func `other paths are 404 with the JSON shape`(path: String) async throws {
    let answer = try await ask(.get, path)
    #expect(answer.code == 404)
    #expect(answer.text.hasPrefix(#"{"error":{"code":"not_found""#))
    #expect(answer.response.headers[.server] == "test")
  }

  @Test func `another method is 405 and names those there are`() async throws {
    let answer = try await ask(.put, "/jobs")
    #expect(answer.code == 405)
    #expect(answer.response.headers[.allow] == "GET, HEAD, OPTIONS, POST")
  }

  @Test func `OPTIONS names the methods and HEAD is GET`() async throws {
    let options = try await ask(.options, "/jobs/7/images/8")
    #expect(options.code == 204)
    #expect(options.response.headers[.allow] == "DELETE, OPTIONS")
    #expect(try await ask(.head, "/jobs").text == "jobs of ann")
    #expect(try await ask(.head, "/jobs/7/images/8").code == 405)
  }

  @Test func `each audience is asked for before the body is looked at`() async throws {
    #expect(try await ask(.post, "/jobs", as: nil, body: "too long").code == 401)
    #expect(try await ask(.delete, "/jobs/1/images/2").code == 403)
    #expect(try await ask(.delete, "/jobs/1/images/2", as: "admin").text == "1 2")
    #expect(try await ask(.get, "/", as: nil).code == 200)
  }

  @Test func `a body has the limit of its route`() async throws {
    #expect(try await ask(.post, "/jobs", body: "1234").code == 201)
    #expect(try await ask(.post, "/jobs", body: "12345").code == 413)
    #expect(try await ask(.get, "/jobs", body: "1").code == 413)
  }

  @Test func `the screen sees every request first`() async throws {
    for path in ["/", "/nope", "/jobs"] { #expect(try await ask(.get, path, host: "evil").code == 421) }
  }

  @Test func `known errors are translated, unknown ones say only an id`() async throws {
    #expect(try await ask(.get, "/known").code == 409)
    let unknown = try await ask(.get, "/unknown")
    #expect(unknown.code == 500)
    #expect(!unknown.text.contains("Cancel"))
  }

  @Test func `every route has an audience in the table`() {
    #expect(router().routes.count == 8)
    #expect(router().routes.map(\.pattern.description).contains("/jobs/{id}"))
  }

  @Test func `a stream handler's sink gets the body, and is abandoned when it is refused`() async throws {
    let sink = RecordingSink()
    var router = Router<Audience, String>(policy: .init(authorize: { _, _ in "" }))
    router.streaming(.post, "/up", audience: .user, bodyLimit: 3) { _, _ in sink }
    let head = try RequestHead(.post, "/up")
    #expect(await router.respond(to: Request(head, body: [1, 2, 3])).status.code == 201)
    #expect(sink.record.withLock { $0 } == ["write 3", "finish"])
    #expect(await router.respond(to: Request(head, body: [1, 2, 3, 4])).status.code == 413)
  }
}

/// Remembers what it was told.
final class RecordingSink: BodySink {
  let record = Mutex<[String]>([])

  func write(_ bytes: [UInt8]) async throws {
    if bytes.contains(255) { throw HTTPError(.unprocessableContent, "bad_byte", "255") }
    record.withLock { $0.append("write \(bytes.count)") }
  }

  func finish() async throws -> Response {
    record.withLock { $0.append("finish") }
    return Response(.created)
  }

  func abandon() async {
    record.withLock { $0.append("abandon") }
  }
}
