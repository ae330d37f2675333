import HTTPTypes
import Sockets
import Testing

@testable import HTTP

@Suite(.timeLimit(.minutes(5))) struct HTTPServerLifetimeTests {
  /// A quick route and one that takes a body.
  private func router() -> Router<TestAudience, Int> {
    var router = Router.open()
    router.on(.get, "/hello", audience: .anyone) { _, _ in .text("hello") }
    router.on(.post, "/echo", audience: .anyone, bodyLimit: 100_000) { request, _ in
      Response(.ok, body: .bytes(request.body))
    }
    return router
  }

  @Test func `headers that drip in are cut off at the deadline`() async throws {
    var limits = HTTPLimits.patient
    limits.headerDeadline = .seconds(2)
    try await TestServer.run(router(), limits: limits) { test in
      let client = try await test.client()
      try await client.send("GET / HT")
      #expect(try await client.response().status == 408)
      #expect(try await client.isClosed())
      let silent = try await test.client()
      #expect(try await silent.isClosed())
    }
  }

  @Test func `a body that stops is cut off`() async throws {
    var limits = HTTPLimits.patient
    limits.bodyIdle = .milliseconds(100)
    try await TestServer.run(router(), limits: limits) { test in
      let client = try await test.client()
      try await client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc")
      #expect(try await client.response().status == 408)
    }
  }

  @Test func `an idle connection is closed silently`() async throws {
    var limits = HTTPLimits.patient
    limits.keepAlive = .milliseconds(50)
    try await TestServer.run(router(), limits: limits) { test in
      let client = try await test.client()
      try await client.send(TestServer.get("/hello"))
      #expect(try await client.response().status == 200)
      #expect(try await client.isClosed())
    }
  }

  @Test func `a client that never reads is dropped`() async throws {
    var limits = HTTPLimits.patient
    limits.writeProgress = .milliseconds(100)
    var router = router()
    router.on(.get, "/big", audience: .anyone) { _, _ in
      Response(.ok, body: .bytes([UInt8](repeating: 0, count: 64 << 20)))
    }
    try await TestServer.run(router, limits: limits) { test in
      let client = try await test.client()
      try await client.send(TestServer.get("/big"))
      let deadline = MonotonicInstant.now + .seconds(120)
      while test.server.connectionCount > 0, MonotonicInstant.now < deadline { await Task.yield() }
      #expect(test.server.connectionCount == 0)
    }
  }

  @Test func `bodies share a budget, and give back what they took`() async throws {
    var limits = HTTPLimits.patient
    limits.bodiesInMemory = 10
    limits.bodiesInMemoryForShort = 0
    try await TestServer.run(router(), limits: limits) { test in
      let first = try await test.client()
      try await first.send(
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n")
      #expect(try await first.response(hasBody: false).status == 100)
      let second = try await test.client()
      // What is only announced takes nobody's room.
      try await second.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc")
      #expect(try await second.response().text == "abc")
      try await first.send("12345678")
      // Announced or in chunks; asked again until the server has read what the first one sent.
      for body in ["Content-Length: 3\r\n\r\nabc", "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"]
      {
        let refusal = try await refusal(of: "POST /echo HTTP/1.1\r\nHost: a\r\n\(body)", test)
        #expect(refusal.status == 503)
        #expect(refusal.headers["retry-after"] == "2")
      }
      try await first.send("9")
      #expect(try await first.response().text == "123456789")
      let third = try await test.client()
      for _ in 0..<3 {
        try await third.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n123456789")
        #expect(try await third.response().status == 200)
      }
    }
  }

  @Test func `short bodies find room that long ones leave`() async throws {
    var limits = HTTPLimits.patient
    limits.bodiesInMemory = 10
    limits.bodiesInMemoryForShort = 5
    limits.shortBody = 20
    var router = router()
    router.on(.post, "/short", audience: .anyone, bodyLimit: 20) { request, _ in
      Response(.ok, body: .bytes(request.body))
    }
    try await TestServer.run(router, limits: limits) { test in
      let long = try await test.client()
      try await long.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\n123456")
      #expect(try await long.response().status == 503)
      let short = try await test.client()
      try await short.send("POST /short HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\n123456")
      #expect(try await short.response().text == "123456")
    }
  }

  private func refusal(of request: String, _ test: TestServer) async throws -> TestClient.Answer {
    while true {
      let client = try await test.client()
      try await client.send(request)
      let answer = try await client.response()
      if answer.status != 200 { return answer }
    }
  }

  @Test func `a full server says so at the door`() async throws {
    var limits = HTTPLimits.patient
    limits.connections = 2
    try await TestServer.run(router(), limits: limits) { test in
      let first = try await test.client()
      let second = try await test.client()
      for client in [first, second] {
        try await client.send(TestServer.get("/hello"))
        #expect(try await client.response().status == 200)
      }
      let third = try await test.client()
      let answer = try await third.response()
      #expect(answer.status == 503)
      #expect(answer.headers["retry-after"] == "2")
      #expect(try await third.isClosed())
      await first.connection.close()
    }
  }

  @Test func `many idle connections do not disturb a busy one`() async throws {
    try await TestServer.run(router()) { test in
      var idle: [TestClient] = []
      for _ in 0..<200 { idle.append(try await test.client()) }
      let client = try await test.client()
      for _ in 0..<50 {
        try await client.send(TestServer.get("/hello"))
        #expect(try await client.response().text == "hello")
      }
      #expect(test.server.connectionCount == 201)
      for one in idle {
        try await one.send(TestServer.get("/hello"))
        #expect(try await one.response().text == "hello")
      }
    }
  }

  @Test func `a shutdown lets a running request finish and closes the rest`() async throws {
    let entered = Waiter()
    let leave = Waiter()
    var router = router()
    router.on(.get, "/slow", audience: .anyone) { _, _ in
      entered.wake()
      await leave.wait()
      return .text("done")
    }
    try await TestServer.run(router) { test in
      let idle = try await test.client()
      try await idle.send(TestServer.get("/hello"))
      _ = try await idle.response()
      let busy = try await test.client()
      try await busy.send(TestServer.get("/slow"))
      await entered.wait()
      test.server.shutdown()
      #expect(try await idle.isClosed())
      leave.wake()
      let answer = try await busy.response()
      #expect(answer.text == "done")
      #expect(answer.headers["connection"] == "close")
      #expect(try await busy.isClosed())
      await #expect(throws: SocketError.self) { _ = try await test.client() }
    }
  }

  @Test func `a shutdown does not wait for ever`() async throws {
    var limits = HTTPLimits.patient
    limits.shutdownGrace = .milliseconds(100)
    try await TestServer.run(router(), limits: limits) { test in
      let client = try await test.client()
      try await client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc")
      while test.server.connectionCount == 0 { await Task.yield() }
    }
  }

  @Test func `a handler that outlives the grace is cancelled`() async throws {
    var limits = HTTPLimits.patient
    limits.shutdownGrace = .milliseconds(50)
    let entered = Waiter()
    var router = router()
    router.on(.get, "/forever", audience: .anyone) { _, _ in
      entered.wake()
      while !Task.isCancelled { await Waiter().wait() }
      return .text("")
    }
    try await TestServer.run(router, limits: limits) { test in
      let client = try await test.client()
      try await client.send(TestServer.get("/forever"))
      await entered.wait()
    }
  }
}
