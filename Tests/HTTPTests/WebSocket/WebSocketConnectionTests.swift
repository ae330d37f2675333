import HTTPTypes
import Sockets
import Synchronization
import Testing

@testable import HTTP

@Suite(.timeLimit(.minutes(5))) struct WebSocketConnectionTests {
  private static let handshake = TestServer.get(
    "/ws",
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
      + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n")

  /// A client that has shaken hands with the handler.
  private func withSocket(
    limits: HTTPLimits = .patient,
    handler: @escaping @Sendable (WebSocketConnection) async throws -> Void,
    _ body: @escaping @Sendable (TestClient, TestServer) async throws -> Void
  ) async throws {
    var router = Router.open()
    router.on(.get, "/ws", audience: .anyone) { request, _ in try .webSocket(request.head, handler) }
    try await TestServer.run(router, limits: limits) { test in
      let client = try await test.client()
      try await client.send(Self.handshake)
      let answer = try await client.response(hasBody: false)
      #expect(answer.status == 101)
      #expect(answer.headers["sec-websocket-accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
      try await body(client, test)
    }
  }

  private static let echo: @Sendable (WebSocketConnection) async throws -> Void = { socket in
    for await message in socket.messages {
      await socket.waitForRoom()
      try await socket.send(message)
    }
  }

  @Test func `messages come back, pings are answered, and the close handshake ends it`() async throws {
    try await withSocket(handler: Self.echo) { client, _ in
      try await client.send(
        ClientFrame.text("hé") + ClientFrame.bytes(9, [5]) + ClientFrame.bytes(2, [1, 2]))
      let expected = [
        WebSocketEncoder.frame(.text, Array("hé".utf8)), WebSocketEncoder.frame(.pong, [5]),
        WebSocketEncoder.frame(.binary, [1, 2]),
      ]
      let all = try await client.take(expected.joined().count)
      for frame in expected { #expect(all.contains(frame)) }
      try await client.send(ClientFrame.close(1000))
      #expect(try await client.take(4) == WebSocketEncoder.close(.normal))
      #expect(try await client.isClosed())
    }
  }

  @Test func `a thousand messages come back in order`() async throws {
    try await withSocket(handler: Self.echo) { client, _ in
      async let sending: Void = client.send((0..<1000).flatMap { ClientFrame.text("message \($0)") })
      for number in 0..<1000 {
        let frame = WebSocketEncoder.message(.text("message \(number)"))
        #expect(try await client.take(frame.count) == frame)
      }
      try await sending
    }
  }

  @Test func `frames that came with the handshake are not lost`() async throws {
    var router = Router.open()
    router.on(.get, "/ws", audience: .anyone) { request, _ in try .webSocketEcho(request.head) }
    try await TestServer.run(router) { test in
      let client = try await test.client()
      try await client.send(Array(Self.handshake.utf8) + ClientFrame.text("early"))
      _ = try await client.response(hasBody: false)
      let frame = WebSocketEncoder.message(.text("early"))
      #expect(try await client.take(frame.count) == frame)
    }
  }

  private static let broken: [([UInt8], UInt16)] = [
    (ClientFrame.bytes(1, [0xC0]), 1007), (ClientFrame.bytes(1, [], masked: false), 1002),
  ]

  @Test(arguments: broken)
  func `a broken rule is said and the connection closed`(bytes: [UInt8], code: UInt16) async throws {
    try await withSocket(handler: Self.echo) { client, _ in
      try await client.send(bytes)
      #expect(try await client.take(4) == WebSocketEncoder.close(WebSocketCloseCode(rawValue: code)))
      #expect(try await client.isClosed())
    }
  }

  @Test func `messages before a broken rule are answered before the close`() async throws {
    try await withSocket(handler: Self.echo) { client, _ in
      let messages = (0..<10).flatMap { ClientFrame.text("\($0)") }
      try await client.send(messages + ClientFrame.bytes(1, [], reserved: 2) + ClientFrame.bytes(9, []))
      let echoes = (0..<10).flatMap { WebSocketEncoder.message(.text("\($0)")) }
      #expect(try await client.take(34) == echoes + WebSocketEncoder.close(.protocolError))
      #expect(try await client.isClosed())
    }
  }

  @Test func `a handler that returns closes with 1000, one that throws with 1011`() async throws {
    try await withSocket(handler: { try await $0.send(text: "bye") }) { client, _ in
      #expect(
        try await client.take(5 + 4) == WebSocketEncoder.message(.text("bye"))
          + WebSocketEncoder.close(.normal))
      try await client.send(ClientFrame.close(1000))
      #expect(try await client.isClosed())
    }
    try await withSocket(handler: { _ in throw HTTPError.notFound }) { client, _ in
      let closing = try await client.take(4)
      #expect(closing == WebSocketEncoder.close(.internalError))
    }
  }

  @Test func `a peer that goes away ends the messages and cancels the handler`() async throws {
    let record = Mutex<[String]>([])
    let ended = Waiter()
    try await withSocket(handler: { socket in
      for await _ in socket.messages {}
      record.withLock { $0.append("ended") }
      await withTaskCancellationHandler {
        await Waiter().wait()
      } onCancel: {
        record.withLock { $0.append("cancelled") }
        ended.wake()
      }
    }) { client, _ in
      await client.connection.close()
      await ended.wait()
    }
    #expect(record.withLock { $0 } == ["ended", "cancelled"])
  }

  @Test func `a handler that remains open may return, and later work goes on in order`() async throws {
    let open = Mutex<WebSocketConnection?>(nil)
    let ends = Mutex(0)
    let (returned, ended) = (Waiter(), Waiter())
    let handler: @Sendable (WebSocketConnection) async throws -> Void = { socket in
      await socket.remainOpen {
        ends.withLock { $0 += 1 }
        ended.wake()
      }
      open.withLock { $0 = socket }
      returned.wake()
    }
    try await withSocket(handler: handler) { client, _ in
      await returned.wait()
      let socket = try #require(open.withLock { $0 })
      for number in 0..<20 { socket.run { try await $0.send(text: "\(number)") } }
      for number in 0..<20 {
        let frame = WebSocketEncoder.message(.text("\(number)"))
        #expect(try await client.take(frame.count) == frame)
      }
      try await client.send((0..<100).flatMap { ClientFrame.text("\($0)") } + ClientFrame.bytes(9, [7]))
      #expect(try await client.take(3) == WebSocketEncoder.frame(.pong, [7]))
      socket.run { _ in throw HTTPError.notFound }
      #expect(try await client.take(4) == WebSocketEncoder.close(.internalError))
      try await client.send(ClientFrame.close(1011))
      #expect(try await client.isClosed())
      await ended.wait()
      socket.run { _ in Issue.record("the conversation is over") }
      #expect(await !socket.isOpen)
    }
    #expect(ends.withLock { $0 } == 1)
  }

  @Test func `a shutdown says going away`() async throws {
    try await withSocket(handler: Self.echo) { client, test in
      try await client.send(ClientFrame.text("a"))
      _ = try await client.take(3)
      test.server.shutdown()
      #expect(try await client.take(4) == WebSocketEncoder.close(.goingAway))
      try await client.send(ClientFrame.close(1001))
      #expect(try await client.isClosed())
    }
  }

  @Test func `a silent peer is pinged and then dropped`() async throws {
    var limits = HTTPLimits.patient
    limits.webSocket.pingInterval = .milliseconds(50)
    limits.webSocket.pongTimeout = .milliseconds(50)
    try await withSocket(limits: limits, handler: Self.echo) { client, _ in
      #expect(try await client.take(3) == WebSocketEncoder.frame(.ping, Array("1".utf8)))
      let rest = try await client.take(1000)
      #expect(rest.count < 30)
    }
  }

  @Test func `a peer that does not read loses progress, then is closed as too slow`() async throws {
    var limits = HTTPLimits.patient
    limits.webSocket.outboxMessages = 8
    let result = Mutex<WebSocketError?>(nil)
    let done = Waiter()
    let handler: @Sendable (WebSocketConnection) async throws -> Void = { socket in
      let big = WebSocketMessage.binary([UInt8](repeating: 0, count: 100_000))
      do throws(WebSocketError) {
        for _ in 0..<100 { try await socket.send(big, .latest("progress")) }
        #expect(await socket.isOpen)
        while true { try await socket.send(big) }
      } catch {
        result.withLock { $0 = error }
        done.wake()
      }
    }
    try await withSocket(limits: limits, handler: handler) { client, _ in
      await done.wait()
      await client.connection.close()
    }
    #expect(result.withLock { $0 } == .tooSlow)
  }

  @Test func `a handler that takes no messages stops the peer, not the server`() async throws {
    var limits = HTTPLimits.patient
    limits.webSocket.pongTimeout = .milliseconds(100)
    try await withSocket(limits: limits, handler: { _ in await Waiter().wait() }) { client, _ in
      try await client.send((0..<100).flatMap { ClientFrame.text("\($0)") })
      let closing = try await client.take(4)
      #expect(closing == WebSocketEncoder.close(.policyViolation))
    }
    try await withSocket(handler: { socket in
      await socket.discardMessages()
      await Waiter().wait()
    }) { client, _ in
      try await client.send((0..<100).flatMap { ClientFrame.text("\($0)") } + ClientFrame.bytes(9, [7]))
      #expect(try await client.take(3) == WebSocketEncoder.frame(.pong, [7]))
    }
  }
}
