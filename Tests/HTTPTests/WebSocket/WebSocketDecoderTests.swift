import Testing

@testable import HTTP

/// Frames as a client writes them.
enum ClientFrame {
  static let mask: [UInt8] = [0x12, 0xA5, 0xFF, 0x01]

  static func bytes(
    _ opcode: UInt8, _ payload: [UInt8], final: Bool = true, reserved: UInt8 = 0, masked: Bool = true,
    lengthBytes: Int? = nil
  ) -> [UInt8] {
    let count = payload.count
    let wide = lengthBytes ?? (count < 126 ? 0 : count < 65_536 ? 2 : 8)
    let short = wide == 0 ? UInt8(count) : wide == 2 ? 126 : 127
    var bytes = [(final ? 0x80 : 0) | reserved << 4 | opcode, (masked ? 0x80 : 0) | short]
    for shift in stride(from: 8 * (wide - 1), through: 0, by: -8) where wide > 0 {
      bytes.append(UInt8(truncatingIfNeeded: count >> shift))
    }
    guard masked else { return bytes + payload }
    return bytes + mask + payload.enumerated().map { $1 ^ mask[$0 & 3] }
  }

  static func text(_ text: String, final: Bool = true) -> [UInt8] { bytes(1, Array(text.utf8), final: final) }

  static func close(_ code: UInt16, _ reason: [UInt8] = []) -> [UInt8] {
    bytes(8, [UInt8(code >> 8), UInt8(truncatingIfNeeded: code)] + reason)
  }
}

@Suite struct WebSocketDecoderTests {
  /// Everything a decoder says about a stream.
  private struct Decoded: Equatable {
    var events: [WebSocketDecoder.Event] = []
    var error: WebSocketError?

    init(_ bytes: [UInt8], piece: Int, limits: WebSocketLimits = WebSocketLimits()) {
      var decoder = WebSocketDecoder(limits: limits)
      for start in stride(from: 0, to: bytes.count, by: piece) {
        decoder.append(Array(bytes[start..<min(start + piece, bytes.count)]))
        do throws(WebSocketError) {
          while let event = try decoder.next() { events.append(event) }
        } catch {
          self.error = error
          return
        }
      }
    }
  }

  private func decode(_ bytes: [UInt8], limits: WebSocketLimits = WebSocketLimits()) -> Decoded {
    let whole = Decoded(bytes, piece: max(1, bytes.count), limits: limits)
    for piece in [1, 2, 3, 7, 100] where bytes.count < 10_000 {
      #expect(Decoded(bytes, piece: piece, limits: limits) == whole, "pieces of \(piece)")
    }
    return whole
  }

  @Test(arguments: [0, 1, 125, 126, 127, 128, 65_535, 65_536])
  func `messages of every length form arrive`(count: Int) {
    let payload = [UInt8](repeating: 0x61, count: count)
    #expect(decode(ClientFrame.bytes(2, payload)).events == [.message(.binary(payload))])
    #expect(
      decode(ClientFrame.bytes(1, payload)).events == [.message(.text(String(repeating: "a", count: count)))])
  }

  @Test func `fragments make one message, with control frames between them`() {
    let stream =
      ClientFrame.bytes(1, Array("ab".utf8), final: false) + ClientFrame.bytes(9, [7])
      + ClientFrame.bytes(0, [], final: false) + ClientFrame.bytes(10, [8])
      + ClientFrame.bytes(0, Array("cd".utf8))
      + ClientFrame.bytes(2, [1])
    #expect(
      decode(stream).events == [.ping([7]), .pong([8]), .message(.text("abcd")), .message(.binary([1]))])
  }

  @Test func `a character may be cut between fragments`() {
    let bytes = Array("κόσμε🎨".utf8)
    for cut in 0...bytes.count {
      let stream =
        ClientFrame.bytes(1, Array(bytes[..<cut]), final: false) + ClientFrame.bytes(0, Array(bytes[cut...]))
      #expect(decode(stream).events == [.message(.text("κόσμε🎨"))])
    }
  }

  private static func violation(_ text: String) -> WebSocketError { .protocolViolation(text) }

  static let violations: [(bytes: [UInt8], text: String)] = [
    (ClientFrame.bytes(1, [], masked: false), "a frame from the client is not masked"),
    (ClientFrame.bytes(1, [], reserved: 4), "reserved bits are set without an extension"),
    (ClientFrame.bytes(1, [], reserved: 2), "reserved bits are set without an extension"),
    (ClientFrame.bytes(9, [], reserved: 1), "reserved bits are set without an extension"),
    (ClientFrame.bytes(3, []), "opcode 3 is reserved"),
    (ClientFrame.bytes(7, []), "opcode 7 is reserved"),
    (ClientFrame.bytes(11, []), "opcode 11 is reserved"),
    (ClientFrame.bytes(15, []), "opcode 15 is reserved"),
    (ClientFrame.bytes(9, [], final: false), "a control frame is fragmented"),
    (ClientFrame.bytes(8, [], final: false), "a control frame is fragmented"),
    (ClientFrame.bytes(9, [UInt8](repeating: 0, count: 126)), "a control frame is longer than 125 bytes"),
    (ClientFrame.bytes(8, [UInt8](repeating: 0, count: 126)), "a control frame is longer than 125 bytes"),
    (ClientFrame.bytes(9, [], lengthBytes: 2), "a control frame is longer than 125 bytes"),
    (ClientFrame.bytes(0, [1]), "a continuation has no message before it"),
    (ClientFrame.bytes(0, [1], final: false), "a continuation has no message before it"),
    (ClientFrame.text("a", final: false) + ClientFrame.text("b"), "a message begins inside another"),
    (ClientFrame.text("a", final: false) + ClientFrame.bytes(2, []), "a message begins inside another"),
    (ClientFrame.text("a") + ClientFrame.bytes(0, []), "a continuation has no message before it"),
    (ClientFrame.bytes(2, [1], lengthBytes: 2), "a length is not in its shortest form"),
    (ClientFrame.bytes(2, [1], lengthBytes: 8), "a length is not in its shortest form"),
    ([0x82, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4], "a length has its top bit set"),
    (ClientFrame.bytes(8, [3]), "a close frame has one byte"),
  ]

  @Test(arguments: violations.map { ($0.bytes, $0.text) })
  func `each rule of the protocol is kept`(bytes: [UInt8], text: String) {
    #expect(decode(bytes).error == .protocolViolation(text))
  }

  @Test(arguments: [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535])
  func `close codes that may not be sent are refused`(code: UInt16) {
    #expect(decode(ClientFrame.close(code)).error == .protocolViolation("close code \(code) is not allowed"))
  }

  @Test(arguments: [1000, 1001, 1002, 1003, 1007, 1011, 1014, 3000, 3999, 4000, 4999])
  func `close codes that may be sent arrive with their reason`(code: UInt16) {
    let expected = WebSocketDecoder.Event.close(WebSocketCloseCode(rawValue: code), reason: "né")
    #expect(decode(ClientFrame.close(code, Array("né".utf8))).events == [expected])
  }

  @Test func `a close frame may be empty, and its reason must be text`() {
    #expect(decode(ClientFrame.bytes(8, [])).events == [.close(nil, reason: "")])
    #expect(decode(ClientFrame.close(1000, [0xFF])).error == .invalidUTF8)
    #expect(decode(ClientFrame.close(1000, [UInt8](repeating: 0x61, count: 123))).events.count == 1)
  }

  @Test func `text that is not UTF-8 fails at its first wrong byte, before the frame ends`() {
    var decoder = WebSocketDecoder(limits: WebSocketLimits())
    let frame = ClientFrame.bytes(1, Array("abc".utf8) + [0xF4, 0x90] + Array("def".utf8))
    decoder.append(Array(frame[..<(6 + 4)]))
    #expect(throws: Never.self) { try decoder.next() }
    decoder.append([frame[10]])
    #expect(throws: WebSocketError.invalidUTF8) { try decoder.next() }
  }

  @Test func `text that ends inside a character is refused`() {
    #expect(decode(ClientFrame.bytes(1, [0xCE])).error == .invalidUTF8)
    #expect(
      decode(ClientFrame.bytes(1, [0xCE], final: false) + ClientFrame.bytes(0, [])).error == .invalidUTF8)
  }

  @Test func `sizes over the limits are refused before their payload comes`() {
    var limits = WebSocketLimits()
    limits.frame = 10
    limits.message = 15
    limits.fragments = 3
    let ten = [UInt8](repeating: 0, count: 10)
    #expect(decode(ClientFrame.bytes(2, ten), limits: limits).events.count == 1)
    let header = Array(ClientFrame.bytes(2, ten + [0])[..<6])
    #expect(decode(header, limits: limits).error == .messageTooBig(limit: 10))
    let two = ClientFrame.bytes(2, ten, final: false) + ClientFrame.bytes(0, [0, 0, 0, 0, 0, 0])[..<6]
    #expect(decode(two, limits: limits).error == .messageTooBig(limit: 15))
    let part = ClientFrame.bytes(0, [1], final: false)
    #expect(decode(ClientFrame.bytes(2, [], final: false) + part + part, limits: limits).error == nil)
    #expect(
      decode(ClientFrame.bytes(2, [], final: false) + part + part + part, limits: limits).error
        == .messageTooBig(limit: 3))
  }

  @Test func `an announced length of 2^63 - 1 takes no memory`() {
    let huge: [UInt8] = [0x82, 0xFF, 0x7F] + [UInt8](repeating: 0xFF, count: 7) + ClientFrame.mask
    #expect(decode(huge).error == .messageTooBig(limit: 65_536))
  }

  @Test func `mutated streams give one result in all pieces and never trap`() {
    var random = SeededGenerator(state: 6455)
    let seeds =
      Self.violations.map(\.bytes) + [
        ClientFrame.text("hello é🎨") + ClientFrame.bytes(9, [1, 2]) + ClientFrame.close(1000),
        ClientFrame.text("ab", final: false) + ClientFrame.bytes(10, []) + ClientFrame.bytes(0, [0x63]),
        ClientFrame.bytes(2, [UInt8](repeating: 3, count: 300)),
      ]
    for round in 0..<4000 {
      var bytes = seeds[round % seeds.count]
      for _ in 0..<Int.random(in: 1...3, using: &random) where !bytes.isEmpty {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: bytes[place] = .random(in: .min ... .max, using: &random)
        case 1: bytes.insert(.random(in: .min ... .max, using: &random), at: place)
        default: bytes.remove(at: place)
        }
      }
      _ = decode(bytes)
    }
  }
}

@Suite struct UTF8ValidatorTests {
  @Test(arguments: ["", "abc", "é", "κόσμε", "\u{FFFF}", "\u{10FFFF}", "\u{D7FF}\u{E000}", "🎨"])
  func `text is accepted in any pieces`(text: String) {
    let bytes = Array(text.utf8)
    for cut in 0...bytes.count {
      var validator = UTF8Validator()
      let isValid = validator.accept(bytes[..<cut]) && validator.accept(bytes[cut...])
      #expect(isValid && validator.isComplete)
    }
  }

  @Test func `every sequence of up to three bytes is judged as the standard library does`() {
    for first in UInt8(0x70)...0xFF {
      for second in stride(from: UInt8(0x70), through: 0xFE, by: 1) {
        for tail in [[], [0x80], [0xBF, 0x41], [0x80, 0x80], [0xC0]] as [[UInt8]] {
          let bytes = [first, second] + tail
          var validator = UTF8Validator()
          let isValid = validator.accept(bytes) && validator.isComplete
          #expect(isValid == (String(validating: bytes, as: UTF8.self) != nil), "\(bytes)")
        }
      }
    }
  }
}
