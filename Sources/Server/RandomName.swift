/// Names that nobody can guess.
enum RandomName {
  private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

  /// base64url without padding (RFC 4648 §5) of `bytes`.
  static func base64URL(_ bytes: some Sequence<UInt8>) -> String {
    var text: [UInt8] = []
    var buffer: UInt32 = 0
    var bits = 0
    for byte in bytes {
      buffer = buffer << 8 | UInt32(byte)
      bits += 8
      while bits >= 6 {
        bits -= 6
        text.append(digits[Int(buffer >> UInt32(bits) & 63)])
      }
      buffer &= (1 << UInt32(bits)) - 1
    }
    if bits > 0 { text.append(digits[Int(buffer << UInt32(6 - bits) & 63)]) }
    return String(decoding: text, as: UTF8.self)
  }

  /// `count` random bytes of the system's generator in base64url.
  static func random(bytes count: Int) -> String {
    var generator = SystemRandomNumberGenerator()
    var bytes: [UInt8] = []
    // Each word is a call of the system.
    while bytes.count < count {
      let word = generator.next()
      bytes += (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
    }
    return base64URL(bytes.prefix(count))
  }

  /// Whether `text` can be `count` bytes in base64url: names from clients are checked before they are used.
  static func isValid(_ text: some StringProtocol, bytes count: Int) -> Bool {
    let utf8 = text.utf8
    return utf8.count == (count * 8 + 5) / 6 && utf8.allSatisfy { digits.contains($0) }
  }
}
