/// A request target, percent-decoded and checked.
///
/// No segment holds a slash, a backslash, a control character or is `.` or `..`, whatever escapes were used, so
/// a segment is a name and never a path. RFC 9112 section 3.2, RFC 3986 section 3.3.
public struct RequestTarget: Equatable, Sendable {
  /// The decoded segments: `/api/jobs` has `api`, `jobs`; `/` has none; a trailing slash gives an empty last one.
  public let segments: [String]
  /// The decoded query items in order; an item without `=` has an empty value.
  public let query: [Item]

  /// A name and a value of the query.
  public struct Item: Equatable, Sendable {
    /// The decoded name.
    public let name: String
    /// The decoded value.
    public let value: String
  }

  /// The target `*` of OPTIONS.
  static let asterisk = RequestTarget(segments: ["*"], query: [])

  private init(segments: [String], query: [Item]) {
    self.segments = segments
    self.query = query
  }

  /// Parses an origin-form target: a path that begins with a slash, and an optional query.
  ///
  /// Throws `HTTPParseError.badTarget`.
  public init(parsing text: some StringProtocol) throws(HTTPParseError) {
    try self.init(parsing: ArraySlice(text.utf8))
  }

  init(parsing bytes: ArraySlice<UInt8>) throws(HTTPParseError) {
    let end = bytes.firstIndex(of: UInt8(ascii: "?")) ?? bytes.endIndex
    let path = bytes[..<end]
    guard path.first == UInt8(ascii: "/") else { throw .badTarget }
    var segments: [String] = []
    if path.count > 1 {
      for part in path.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
        segments.append(try RequestTarget.segment(part))
      }
    }
    self.segments = segments
    query = end == bytes.endIndex ? [] : try RequestTarget.query(bytes[(end + 1)...])
  }

  /// The value of the first query item called `name`.
  public subscript(query name: String) -> String? {
    query.first { $0.name == name }?.value
  }

  private static func segment(_ bytes: ArraySlice<UInt8>) throws(HTTPParseError) -> String {
    let text = try decode(bytes, plusIsSpace: false)
    if text == "." || text == ".." { throw .badTarget }
    for byte in text.utf8 where byte < 0x20 || byte == 0x7F || byte == 0x2F || byte == 0x5C {
      throw .badTarget
    }
    return text
  }

  private static func query(_ bytes: ArraySlice<UInt8>) throws(HTTPParseError) -> [Item] {
    var items: [Item] = []
    for part in bytes.split(separator: UInt8(ascii: "&")) {
      let equals = part.firstIndex(of: UInt8(ascii: "=")) ?? part.endIndex
      let name = try decode(part[..<equals], plusIsSpace: true)
      let value = equals == part.endIndex ? "" : try decode(part[(equals + 1)...], plusIsSpace: true)
      items.append(Item(name: name, value: value))
    }
    return items
  }

  /// Undoes percent encoding once; the result must be UTF-8 without NUL.
  private static func decode(_ bytes: ArraySlice<UInt8>, plusIsSpace: Bool) throws(HTTPParseError) -> String {
    if !bytes.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") || $0 == 0 }) {
      guard let text = String(validating: bytes, as: UTF8.self) else { throw .badTarget }
      return text
    }
    var decoded: [UInt8] = []
    decoded.reserveCapacity(bytes.count)
    var index = bytes.startIndex
    while index < bytes.endIndex {
      let byte = bytes[index]
      if byte == UInt8(ascii: "%") {
        guard bytes.endIndex - index > 2, let high = hexValue(bytes[index + 1]),
          let low = hexValue(bytes[index + 2])
        else { throw .badTarget }
        decoded.append(high << 4 | low)
        index += 3
      } else {
        decoded.append(plusIsSpace && byte == UInt8(ascii: "+") ? 0x20 : byte)
        index += 1
      }
    }
    guard !decoded.contains(0), let text = String(validating: decoded, as: UTF8.self) else {
      throw .badTarget
    }
    return text
  }
}

/// The value of a hexadecimal digit.
func hexValue(_ byte: UInt8) -> UInt8? {
  switch byte {
  case 0x30...0x39: byte - 0x30
  case 0x41...0x46: byte - 0x41 + 10
  case 0x61...0x66: byte - 0x61 + 10
  default: nil
  }
}
