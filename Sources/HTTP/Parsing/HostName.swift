/// The rules for the value of Host.
enum HostName {
  /// Whether the text is a name, an IPv4 address or a bracketed IPv6 address, with an optional port.
  ///
  /// Stricter than RFC 3986: no percent escapes, no user information, no sub-delimiters, no empty host.
  static func isValid(_ text: some Sequence<UInt8>) -> Bool {
    var part = Part.start
    var count = 0
    var port = 0
    for byte in text {
      switch part {
      case .start where byte == UInt8(ascii: "["): part = .address
      case .start, .name:
        if byte == UInt8(ascii: ":"), part == .name {
          part = .port
          count = 0
        } else {
          guard isNameByte(byte), count < 255 else { return false }
          part = .name
          count += 1
        }
      case .address:
        if byte == UInt8(ascii: "]") {
          guard count > 0 else { return false }
          part = .addressEnd
        } else {
          guard hexValue(byte) != nil || byte == 0x3A || byte == 0x2E else { return false }
          count += 1
        }
      case .addressEnd:
        guard byte == UInt8(ascii: ":") else { return false }
        part = .port
        count = 0
      case .port:
        guard (0x30...0x39).contains(byte), count < 5 else { return false }
        port = port * 10 + Int(byte - 0x30)
        count += 1
      }
    }
    return part == .name || part == .addressEnd || part == .port && count > 0 && port <= 65_535
  }

  /// Where in a host a byte stands.
  private enum Part { case start, name, address, addressEnd, port }

  /// A valid authority cut into host (in lower case, with brackets) and port.
  static func split(_ authority: String) -> (host: String, port: Int?) {
    guard let colon = authority.lastIndex(of: ":"), !authority[colon...].contains("]") else {
      return (authority.lowercased(), nil)
    }
    return (authority[..<colon].lowercased(), Int(authority[authority.index(after: colon)...]))
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"): true
    default: false
    }
  }
}
