import Foundation
import Sockets
import Testing

/// The client's end of the event socket: reads what the server says.
actor LiveSocket {
  private let connection: Connection
  private var bytes: [UInt8]
  /// The code the server closed with.
  private(set) var closeCode: Int?

  init(_ connection: Connection, _ bytes: [UInt8]) {
    self.connection = connection
    self.bytes = bytes
  }

  /// The next event; nil when the server closed.
  nonisolated func next() async throws -> [String: Any]? {
    guard let text = try await text() else { return nil }
    return try JSONSerialization.jsonObject(with: Data(text)) as? [String: Any]
  }

  private func text() async throws -> [UInt8]? {
    while let (opcode, payload) = try await frame() {
      switch opcode {
      case 1: return payload
      case 8:
        closeCode = payload.count >= 2 ? Int(payload[0]) << 8 | Int(payload[1]) : nil
        await connection.close()
        return nil
      default: continue
      }
    }
    return nil
  }

  /// Everything up to and with the first event of this kind.
  nonisolated func read(until matches: @Sendable ([String: Any]) -> Bool) async throws -> Int {
    var count = 0
    while let event = try await next() {
      count += 1
      if matches(event) { return count }
    }
    Issue.record("the server closed the socket too early")
    return count
  }

  /// Cuts the connection without a word.
  func cut() async { await connection.abort() }

  /// A server's frame is whole and not masked (RFC 6455 section 5.2).
  private func frame() async throws -> (UInt8, [UInt8])? {
    guard try await fill(2) else { return nil }
    var length = Int(bytes[1] & 0x7F)
    var start = 2
    if length >= 126 {
      let size = length == 126 ? 2 : 8
      guard try await fill(2 + size) else { return nil }
      length = bytes[2..<2 + size].reduce(0) { $0 << 8 | Int($1) }
      start += size
    }
    guard try await fill(start + length) else { return nil }
    let result = (bytes[0] & 15, Array(bytes[start..<start + length]))
    bytes.removeFirst(start + length)
    return result
  }

  private func fill(_ count: Int) async throws -> Bool {
    while bytes.count < count {
      let part = try await connection.read(until: .now + .seconds(20))
      if part.isEmpty { return false }
      bytes += part
    }
    return true
  }
}
