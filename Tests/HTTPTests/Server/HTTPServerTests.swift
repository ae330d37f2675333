import Foundation
import HTTPTypes
import Sockets
import Synchronization
import Testing

@testable import HTTP

@Suite(.timeLimit(.minutes(5))) struct HTTPServerTests {
  /// Routes of every kind.
  private func router() -> Router<TestAudience, Int> {
    var router = Router.open()
    router.on(.get, "/hello", audience: .anyone) { _, _ in .text("hello") }
    router.on(.get, "/items/{id}", audience: .anyone) { _, context in .text(context.parameters["id"]) }
    router.on(.post, "/echo", audience: .anyone, bodyLimit: 100_000) { request, _ in
      Response(.ok, body: .bytes(request.body))
    }
    router.on(.get, "/stream", audience: .anyone) { _, _ in
      Response(
        .ok,
        body: .stream { writer in
          for part in ["one ", "", "two"] { try await writer.write(Array(part.utf8)) }
        })
    }
    return router
  }

  @Test func `a connection serves several requests`() async throws {
    try await TestServer.run(router(), loops: 2) { test in
      let client = try await test.client()
      for number in 0..<5 {
        try await client.send(TestServer.get("/items/\(number)"))
        let answer = try await client.response()
        #expect(answer.status == 200)
        #expect(answer.text == "\(number)")
        #expect(answer.headers["connection"] == nil)
      }
    }
  }

  @Test func `pipelined requests are answered in order, sent whole or byte by byte`() async throws {
    try await TestServer.run(router()) { test in
      let text = (0..<20).map { TestServer.get("/items/\($0)") }.joined()
      let whole = try await test.client()
      try await whole.send(text)
      for number in 0..<20 { #expect(try await whole.response().text == "\(number)") }
      let slow = try await test.client()
      for byte in text.utf8 { try await slow.send([byte]) }
      for number in 0..<20 { #expect(try await slow.response().text == "\(number)") }
    }
  }

  @Test func `who sends a thousand requests at once leaves room for others`() async throws {
    let refused = Mutex(0)
    var router = Router<TestAudience, Int>(
      policy: .init(
        authorize: { _, _ in 1 },
        decorate: { response, _ in
          if response.status == .notFound { refused.withLock { $0 += 1 } }
        }))
    router.on(.get, "/hello", audience: .anyone) { _, _ in .text("hello") }
    try await TestServer.run(router) { test in
      let other = try await test.client()
      try await other.send(TestServer.get("/hello"))
      #expect(try await other.response().status == 200)
      let many = try await test.client()
      try await many.send(String(repeating: TestServer.get("/"), count: 1000))
      while refused.withLock({ $0 }) == 0 { await Task.yield() }
      try await other.send(TestServer.get("/hello"))
      #expect(try await other.response().status == 200)
      #expect(refused.withLock { $0 } < 1000)
      for _ in 0..<1000 { #expect(try await many.response().status == 404) }
    }
  }

  @Test func `bodies arrive by length and in chunks, after 100 Continue if asked`() async throws {
    try await TestServer.run(router()) { test in
      let client = try await test.client()
      try await client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc")
      #expect(try await client.response().text == "abc")
      try await client.send(
        "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nde\r\n1\r\nf\r\n0\r\n\r\n")
      #expect(try await client.response().text == "def")
      try await client.send(
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n")
      #expect(try await client.response(hasBody: false).status == 100)
      try await client.send("ghi")
      #expect(try await client.response().text == "ghi")
    }
  }

  @Test func `a body over the limit is refused before it is read, and the connection closed`() async throws {
    try await TestServer.run(router()) { test in
      let client = try await test.client()
      try await client.send(
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100001\r\nExpect: 100-continue\r\n\r\n")
      let answer = try await client.response()
      #expect(answer.status == 413)
      #expect(answer.headers["connection"] == "close")
      #expect(answer.text.contains("body_too_large"))
      #expect(try await client.isClosed())
    }
  }

  @Test func `HEAD has the headers of GET and no body`() async throws {
    try await TestServer.run(router()) { test in
      let client = try await test.client()
      try await client.send("HEAD /hello HTTP/1.1\r\nHost: a\r\n\r\n" + TestServer.get("/hello"))
      #expect(try await client.response(hasBody: false).headers["content-length"] == "5")
      #expect(try await client.response().text == "hello")
    }
  }

  @Test func `streams are chunked, and end with the connection in HTTP/1.0`() async throws {
    try await TestServer.run(router()) { test in
      let client = try await test.client()
      try await client.send(TestServer.get("/stream"))
      #expect(try await client.response().text == "one two")
      try await client.send("GET /stream HTTP/1.0\r\n\r\n")
      let answer = try await client.response()
      #expect(answer.headers["connection"] == "close")
      #expect(String(decoding: try await client.take(100), as: UTF8.self) == "one two")
    }
  }

  @Test func `a file is sent whole, and its descriptor closed after it`() async throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("file-\(UUID().uuidString)").path
    let bytes = (0..<1_500_000).map { UInt8(truncatingIfNeeded: $0 &* 13) }
    #expect(FileManager.default.createFile(atPath: path, contents: Data(bytes)))
    defer { try? FileManager.default.removeItem(atPath: path) }
    var router = router()
    router.on(.get, "/file", audience: .anyone) { _, _ in
      let file = try FileDescriptor.open(reading: path)
      return Response(.ok, body: .file(file, offset: 0, count: Int(try file.status().size)))
    }
    try await TestServer.run(router) { test in
      let client = try await test.client()
      for _ in 0..<3 {
        try await client.send(TestServer.get("/file"))
        #expect(try await client.response().body == bytes)
      }
    }
  }

  @Test(arguments: [
    ("GET / HTTP/1.1\nHost: a\n\n", 400), ("GET / HTTP/1.1\r\n\r\n", 400),
    ("GET /\(String(repeating: "a", count: 9000)) HTTP/1.1\r\n", 414),
    ("GET / HTTP/1.1\r\nX: \(String(repeating: "a", count: 9000))\r\n", 431), ("GET / HTTP/3.0\r\n", 505),
    ("GET https://a/hello HTTP/1.1\r\nHost: a\r\n\r\n", 421),
    ("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
    ("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc", 400),
  ])
  func `a malformed request is answered and closed`(text: String, code: Int) async throws {
    try await TestServer.run(router()) { test in
      let client = try await test.client()
      try await client.send(text)
      let answer = try await client.response()
      #expect(answer.status == code)
      #expect(answer.headers["connection"] == "close")
      #expect(answer.headers["content-security-policy"] == SecurityHeaders.dataPolicy)
      #expect(try await client.isClosed())
    }
  }

  @Test func `a refusal after a HEAD has its body`() async throws {
    try await TestServer.run(router()) { test in
      let client = try await test.client()
      try await client.send("HEAD /hello HTTP/1.1\r\nHost: a\r\n\r\nBAD\r\n")
      #expect(try await client.response(hasBody: false).status == 200)
      #expect(try await client.response().text.contains("bad_request"))
    }
  }

  @Test func `a streamed body goes to its sink, and a refusal ends it`() async throws {
    let sink = RecordingSink()
    var router = router()
    router.streaming(.post, "/up", audience: .anyone, bodyLimit: 10) { _, _ in sink }
    try await TestServer.run(router) { test in
      let client = try await test.client()
      try await client.send("POST /up HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc")
      #expect(try await client.response().status == 201)
      try await client.send(
        Array("POST /up HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n".utf8) + [255, 1, 2])
      #expect(try await client.response().status == 422)
      #expect(try await client.isClosed())
      let cut = try await test.client()
      try await cut.send("POST /up HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\na")
      await cut.connection.shutdownWrite()
      #expect(try await cut.isClosed())
    }
    #expect(sink.record.withLock { $0 } == ["write 3", "finish", "abandon", "write 1", "abandon"])
  }
}
