/// Writes frames.
///
/// RFC 6455 section 5.2; a server's frames are not masked and not fragmented here.
enum WebSocketEncoder {
  static func frame(_ opcode: WebSocketOpcode, _ payload: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(payload.count + 10)
    bytes.append(0x80 | opcode.rawValue)
    switch payload.count {
    case ..<126: bytes.append(UInt8(payload.count))
    case ..<65_536:
      bytes.append(126)
      for shift in [8, 0] { bytes.append(UInt8(truncatingIfNeeded: payload.count >> shift)) }
    default:
      bytes.append(127)
      for shift in stride(from: 56, through: 0, by: -8) {
        bytes.append(UInt8(truncatingIfNeeded: payload.count >> shift))
      }
    }
    bytes.append(contentsOf: payload)
    return bytes
  }

  static func message(_ message: WebSocketMessage) -> [UInt8] {
    switch message {
    case .text(let text): frame(.text, Array(text.utf8))
    case .binary(let bytes): frame(.binary, bytes)
    }
  }

  /// A close frame; the reason is cut to what a control frame holds, between characters.
  static func close(_ code: WebSocketCloseCode?, reason: String = "") -> [UInt8] {
    guard let code else { return frame(.close, []) }
    var payload = [UInt8(code.rawValue >> 8), UInt8(truncatingIfNeeded: code.rawValue)]
    for character in reason where payload.count + character.utf8.count <= 125 {
      payload.append(contentsOf: character.utf8)
    }
    return frame(.close, payload)
  }
}
