internal import HTTPTypes
internal import Hashes

/// The opening handshake of a server.
///
/// RFC 6455 section 4.2.
enum WebSocketHandshake {
  private static let guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

  /// The headers of the 101 response.
  ///
  /// Throws `HTTPError`: 426 for a request that does not ask for WebSocket version 13, 400 for a malformed one.
  static func accept(_ head: RequestHead) throws(HTTPError) -> HTTPFields {
    guard head.method == .get, head.version == .http11, head.framing == .none else {
      throw HTTPError(
        .badRequest, "bad_handshake", "a WebSocket handshake is a GET of HTTP/1.1 without a body")
    }
    let upgrades = listMembers(head.headers[values: .upgrade]).map { $0.lowercased() }
    guard upgrades.contains("websocket") else {
      throw upgradeRequired("expected 'Upgrade: websocket'")
    }
    let options = listMembers(head.headers[values: .connection]).map { $0.lowercased() }
    guard options.contains("upgrade") else {
      throw HTTPError(.badRequest, "bad_handshake", "expected 'Connection: Upgrade'")
    }
    guard head.headers[values: .secWebSocketVersion] == ["13"] else {
      throw upgradeRequired("expected 'Sec-WebSocket-Version: 13'")
    }
    let keys = head.headers[values: .secWebSocketKey]
    guard keys.count == 1, Base64.decode(keys[0])?.count == 16 else {
      throw HTTPError(.badRequest, "bad_handshake", "expected one Sec-WebSocket-Key of 16 bytes in base 64")
    }
    return [
      .upgrade: "websocket",
      .connection: "Upgrade",
      .secWebSocketAccept: Base64.encode(SHA1.hash(data: Array((keys[0] + guid).utf8))),
    ]
  }

  private static func upgradeRequired(_ message: String) -> HTTPError {
    HTTPError(
      .upgradeRequired, "upgrade_required", message,
      headers: [.upgrade: "websocket", .secWebSocketVersion: "13"])
  }
}

extension Response {
  /// Makes the connection a WebSocket that `handler` runs.
  ///
  /// The caller has checked Origin and identity before. Throws `HTTPError` (400, 426) for a malformed handshake.
  public static func webSocket(
    _ head: RequestHead, _ handler: @escaping WebSocketConnection.Work
  ) throws(HTTPError) -> Response {
    Response(.switchingProtocols, headers: try WebSocketHandshake.accept(head), body: .webSocket(handler))
  }

  /// A WebSocket that sends every message back, for debugging and conformance tests.
  public static func webSocketEcho(_ head: RequestHead) throws(HTTPError) -> Response {
    try webSocket(head) { socket in
      for await message in socket.messages {
        await socket.waitForRoom()
        try await socket.send(message)
      }
    }
  }
}
