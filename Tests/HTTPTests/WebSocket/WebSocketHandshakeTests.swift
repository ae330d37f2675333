import HTTPTypes
import Testing

@testable import HTTP

@Suite struct WebSocketHandshakeTests {
  private static let good: HTTPFields = [
    .upgrade: "websocket", .connection: "keep-alive, Upgrade", .secWebSocketVersion: "13",
    .secWebSocketKey: "dGhlIHNhbXBsZSBub25jZQ==",
  ]

  @Test func `the sample key of RFC 6455 gives its sample answer`() throws {
    let fields = try WebSocketHandshake.accept(try RequestHead(.get, "/", headers: Self.good))
    #expect(fields[.secWebSocketAccept] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    #expect(fields[.upgrade] == "websocket")
    #expect(fields[.connection] == "Upgrade")
  }

  private static func changed(_ name: HTTPField.Name, _ value: String?) -> HTTPFields {
    var fields = good
    fields[name] = value
    return fields
  }

  static let refused: [(fields: HTTPFields, code: Int)] = [
    (changed(.upgrade, nil), 426), (changed(.upgrade, "h2c"), 426), (changed(.upgrade, "websocketx"), 426),
    (changed(.connection, nil), 400), (changed(.connection, "keep-alive"), 400),
    (changed(.secWebSocketVersion, nil), 426), (changed(.secWebSocketVersion, "8"), 426),
    (changed(.secWebSocketVersion, "013"), 426), (changed(.secWebSocketKey, nil), 400),
    (changed(.secWebSocketKey, ""), 400), (changed(.secWebSocketKey, "dGhlIHNhbXBsZSBub25jZQ"), 400),
    (changed(.secWebSocketKey, "dGhlIHNhbXBsZSBub25jZR=="), 400), (changed(.secWebSocketKey, "AAAA"), 400),
    (changed(.secWebSocketKey, "dGhlIHNhbXBsZSBub25jZ!=="), 400),
    (changed(.secWebSocketKey, "dGhlIHNhbXBsZSBub25jZQ==, dGhlIHNhbXBsZSBub25jZQ=="), 400),
  ]

  @Test(arguments: refused.map { ($0.fields, $0.code) })
  func `each rule of the handshake is kept`(fields: HTTPFields, code: Int) throws {
    let head = try RequestHead(.get, "/", headers: fields)
    let error = #expect(throws: HTTPError.self) { try WebSocketHandshake.accept(head) }
    #expect(error?.status.code == code)
    if code == 426 { #expect(error?.headers[.secWebSocketVersion] == "13") }
  }

  @Test func `only a GET without a body can become a WebSocket`() throws {
    for head in [
      try RequestHead(.post, "/", headers: Self.good),
      try RequestHead(.get, "/", headers: Self.good, framing: .chunked),
    ] {
      #expect(throws: HTTPError.self) { try WebSocketHandshake.accept(head) }
    }
  }

  @Test(arguments: [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
  ])
  func `base 64 matches the vectors of RFC 4648`(plain: String, encoded: String) {
    #expect(Base64.encode(Array(plain.utf8)) == encoded)
    #expect(Base64.decode(encoded) == Array(plain.utf8))
  }

  @Test(arguments: ["=", "A", "AA", "A===", "AB==", "AAB=", "AA=A", "====", "A A=", "AA==\n", "é==="])
  func `base 64 that is not canonical is refused`(text: String) {
    #expect(Base64.decode(text) == nil)
  }
}
