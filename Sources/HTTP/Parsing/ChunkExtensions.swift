/// The grammar of chunk extensions, RFC 9112 section 7.1.1, without its optional blanks.
enum ChunkExtensions {
  /// Whether the text is empty or `;name`, `;name=token`, `;name="text"`, any number of times.
  static func isValid(_ text: ArraySlice<UInt8>) -> Bool {
    var rest = text
    while !rest.isEmpty {
      guard take(UInt8(ascii: ";"), from: &rest), takeToken(from: &rest) else { return false }
      guard take(UInt8(ascii: "="), from: &rest) else { continue }
      guard takeQuoted(from: &rest) || takeToken(from: &rest) else { return false }
    }
    return true
  }

  private static func take(_ byte: UInt8, from rest: inout ArraySlice<UInt8>) -> Bool {
    guard rest.first == byte else { return false }
    rest.removeFirst()
    return true
  }

  private static func takeToken(from rest: inout ArraySlice<UInt8>) -> Bool {
    let token = rest.prefix { HeaderLine.isTokenByte($0) }
    rest = rest[token.endIndex...]
    return !token.isEmpty
  }

  /// RFC 9110 section 5.6.4, in ASCII.
  private static func takeQuoted(from rest: inout ArraySlice<UInt8>) -> Bool {
    let isText = { (byte: UInt8) in byte == 0x09 || (0x20...0x7E).contains(byte) }
    var tail = rest
    guard take(UInt8(ascii: "\""), from: &tail) else { return false }
    while let byte = tail.popFirst(), isText(byte) {
      if byte == UInt8(ascii: "\"") {
        rest = tail
        return true
      }
      if byte == UInt8(ascii: "\\") {
        guard let escaped = tail.popFirst(), isText(escaped) else { return false }
      }
    }
    return false
  }
}
