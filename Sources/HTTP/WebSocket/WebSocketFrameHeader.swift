/// The first bytes of a frame that a client sent.
///
/// RFC 6455 section 5.2.
struct WebSocketFrameHeader: Equatable, Sendable {
  let isFinal: Bool
  let opcode: WebSocketOpcode
  let length: Int
  let mask: [UInt8]

  /// How many bytes the header has, once the first two are known.
  static func size(_ second: UInt8) -> Int {
    switch second & 0x7F {
    case 126: 2 + 2 + 4
    case 127: 2 + 8 + 4
    default: 2 + 4
    }
  }

  /// Checks what the first byte says alone: reserved bits, opcode, fragmented control frames.
  static func check(first byte: UInt8) throws(WebSocketError) {
    if byte & 0x70 != 0 { throw .protocolViolation("reserved bits are set without an extension") }
    guard let opcode = WebSocketOpcode(rawValue: byte & 0x0F) else {
      throw .protocolViolation("opcode \(byte & 0x0F) is reserved")
    }
    if opcode.isControl, byte & 0x80 == 0 { throw .protocolViolation("a control frame is fragmented") }
  }

  /// Checks what the second byte says: the mask bit, the length of control frames.
  static func check(second byte: UInt8, after first: UInt8) throws(WebSocketError) {
    if byte & 0x80 == 0 { throw .protocolViolation("a frame from the client is not masked") }
    if first & 0x08 != 0, byte & 0x7F > 125 {
      throw .protocolViolation("a control frame is longer than 125 bytes")
    }
  }

  /// Reads a whole header, `size(second)` bytes.
  init(_ bytes: ArraySlice<UInt8>) throws(WebSocketError) {
    let all = Array(bytes)
    guard all.count >= 6, let opcode = WebSocketOpcode(rawValue: all[0] & 0x0F) else {
      throw .protocolViolation("a frame header is malformed")
    }
    isFinal = all[0] & 0x80 != 0
    self.opcode = opcode
    let short = all[1] & 0x7F
    let extended = short < 126 ? [] : Array(all[2..<(all.count - 4)])
    let value = extended.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    switch short {
    case 126: if value < 126 { throw .protocolViolation("a length is not in its shortest form") }
    case 127:
      if value >> 63 != 0 { throw .protocolViolation("a length has its top bit set") }
      if value < 65_536 { throw .protocolViolation("a length is not in its shortest form") }
    default: break
    }
    length = short < 126 ? Int(short) : Int(value)
    mask = Array(all.suffix(4))
  }
}
