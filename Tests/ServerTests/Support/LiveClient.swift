import Foundation
import Sockets
import Testing

/// A browser of the tests: HTTP and WebSocket over a real socket, one cookie.
struct LiveClient: Sendable {
  struct Answer {
    var status: Int
    var head: String
    var body: [UInt8]
    var json: [String: Any] {
      (try? JSONSerialization.jsonObject(with: Data(body)) as? [String: Any]) ?? [:]
    }
  }

  let address: SocketAddress
  var cookie: String?
  var origin: String?

  init(_ address: SocketAddress) {
    self.address = address
    origin = "http://\(address)"
  }

  /// The header lines every request has.
  private var headers: String {
    "Host: \(address)\r\n" + (origin.map { "Origin: \($0)\r\n" } ?? "")
      + (cookie.map { "Cookie: \($0)\r\n" } ?? "")
  }

  func send(_ method: String, _ path: String, json: String? = nil) async throws -> Answer {
    let connection = try await connect()
    let body = Array((json ?? "").utf8)
    let content =
      json == nil ? "" : "Content-Type: application/json\r\nContent-Length: \(body.count)\r\n"
    try await connection.write(
      Array("\(method) \(path) HTTP/1.1\r\n\(headers)\(content)Connection: close\r\n\r\n".utf8) + body)
    var bytes: [UInt8] = []
    while case let part = try await connection.read(until: .now + .seconds(20)), !part.isEmpty {
      bytes += part
    }
    await connection.close()
    return try Self.parse(bytes)
  }

  /// Visits the page, as people do first, and keeps the cookie.
  mutating func visit() async throws {
    let answer = try await send("GET", "/")
    let line = answer.head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("set-cookie: ") }
    cookie = line.map { String($0.dropFirst(12).prefix { $0 != ";" }) }
  }

  /// Opens the event socket; the answer's status when it is refused.
  func events(_ query: String = "") async throws -> Result<LiveSocket, LiveRefusal> {
    let connection = try await connect()
    try await connection.write(
      Array(
        """
        GET /api/events\(query) HTTP/1.1\r\n\(headers)Upgrade: websocket\r\nConnection: Upgrade\r\n\
        Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n
        """.utf8))
    var bytes: [UInt8] = []
    let end = Array("\r\n\r\n".utf8)
    while bytes.firstRange(of: end) == nil {
      let part = try await connection.read(until: .now + .seconds(20))
      if part.isEmpty { break }
      bytes += part
    }
    let range = try #require(bytes.firstRange(of: end))
    let answer = try Self.parse(Array(bytes[..<range.upperBound]))
    guard answer.status == 101 else { return .failure(LiveRefusal(status: answer.status)) }
    return .success(LiveSocket(connection, Array(bytes[range.upperBound...])))
  }

  private func connect() async throws -> Connection {
    try await Connection.connect(to: address, on: try LinkFixture.loop.get(), deadline: .now + .seconds(5))
  }

  private static func parse(_ bytes: [UInt8]) throws -> Answer {
    let range = try #require(bytes.firstRange(of: Array("\r\n\r\n".utf8)))
    let head = String(decoding: bytes[..<range.lowerBound], as: UTF8.self)
    let status = try #require(Int(head.split(separator: " ")[1]))
    return Answer(status: status, head: head, body: Array(bytes[range.upperBound...]))
  }
}

/// A refused handshake.
struct LiveRefusal: Error, Equatable {
  var status: Int
}
