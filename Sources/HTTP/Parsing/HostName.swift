/// The rules for the value of Host.
enum HostName {
  /// Whether the text is a name, an IPv4 address or a bracketed IPv6 address, with an optional port.
  ///
  /// Stricter than RFC 3986: no percent escapes, no user information, no sub-delimiters, no empty host.
  static func isValid(_ text: some Collection<UInt8>) -> Bool {
    var bytes = text[...]
    if bytes.first == UInt8(ascii: "[") {
      guard let close = bytes.firstIndex(of: UInt8(ascii: "]")) else { return false }
      let address = bytes[..<close].dropFirst()
      guard !address.isEmpty, address.allSatisfy({ hexValue($0) != nil || $0 == 0x3A || $0 == 0x2E }) else {
        return false
      }
      bytes = bytes[bytes.index(after: close)...]
    } else {
      let name = bytes.prefix { isNameByte($0) }
      guard !name.isEmpty, name.count <= 255 else { return false }
      bytes = bytes[name.endIndex...]
    }
    if bytes.isEmpty { return true }
    guard bytes.first == UInt8(ascii: ":") else { return false }
    let port = bytes.dropFirst()
    guard (1...5).contains(port.count), port.allSatisfy({ (0x30...0x39).contains($0) }) else { return false }
    return port.reduce(0) { $0 * 10 + Int($1 - 0x30) } <= 65_535
  }

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
