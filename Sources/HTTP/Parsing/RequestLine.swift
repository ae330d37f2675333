internal import HTTPTypes

/// A request line: method, target, version.
///
/// RFC 9112 section 3.
struct RequestLine {
  enum Target {
    case origin(ArraySlice<UInt8>)
    case absolute(authority: ArraySlice<UInt8>, path: ArraySlice<UInt8>)
    case asterisk
  }

  private static let methods: Set<HTTPRequest.Method> = [
    .get, .head, .post, .put, .patch, .delete, .options,
  ]

  let method: HTTPRequest.Method
  let target: Target
  let version: HTTPVersion

  init(parsing line: ArraySlice<UInt8>) throws(HTTPParseError) {
    let parts = line.split(separator: 0x20, omittingEmptySubsequences: false)
    guard parts.count == 3, !parts[0].isEmpty, parts[0].count <= 32,
      parts[0].allSatisfy(HeaderLine.isTokenByte),
      let method = HTTPRequest.Method(String(decoding: parts[0], as: UTF8.self))
    else { throw .badRequestLine }
    self.method = method
    version = try RequestLine.version(parts[2])
    // Closing on a method nobody serves also ends most tries to hide a request in another one's body.
    guard RequestLine.methods.contains(method) else { throw .unsupportedMethod }
    target = try RequestLine.target(parts[1], method: method)
  }

  private static func version(_ bytes: ArraySlice<UInt8>) throws(HTTPParseError) -> HTTPVersion {
    let text = Array(bytes)
    let isDigit = { (byte: UInt8) in (0x30...0x39).contains(byte) }
    guard text.count == 8, text.starts(with: "HTTP/".utf8), isDigit(text[5]), text[6] == UInt8(ascii: "."),
      isDigit(text[7])
    else { throw .badRequestLine }
    guard text[5] == UInt8(ascii: "1") else { throw .unsupportedVersion }
    switch text[7] {
    case UInt8(ascii: "0"): return .http10
    case UInt8(ascii: "1"): return .http11
    default: throw .unsupportedVersion
    }
  }

  private static func target(
    _ bytes: ArraySlice<UInt8>, method: HTTPRequest.Method
  ) throws(HTTPParseError) -> Target {
    // Visible ASCII without the fragment mark and the backslash, which some parsers read as a slash.
    let isAllowed = { (byte: UInt8) in (0x21...0x7E).contains(byte) && byte != 0x23 && byte != 0x5C }
    guard !bytes.isEmpty, bytes.allSatisfy(isAllowed) else { throw .badTarget }
    if bytes.first == UInt8(ascii: "/") { return .origin(bytes) }
    if bytes.elementsEqual("*".utf8) {
      guard method == .options else { throw .badTarget }
      return .asterisk
    }
    guard let rest = afterScheme(bytes) else { throw .badTarget }
    let end = rest.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? rest.endIndex
    let path = rest[end...]
    guard HostName.isValid(rest[..<end]) else { throw .badTarget }
    if path.first == UInt8(ascii: "?") {
      return .absolute(authority: rest[..<end], path: ArraySlice("/".utf8 + path))
    }
    return .absolute(authority: rest[..<end], path: path.isEmpty ? ArraySlice("/".utf8) : path)
  }

  /// What follows `http://` or `https://`, in any case.
  private static func afterScheme(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    for scheme in ["http://", "https://"] where bytes.count >= scheme.utf8.count {
      let lowered = bytes.prefix(scheme.utf8.count).map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
      if lowered.elementsEqual(scheme.utf8) { return bytes.dropFirst(scheme.utf8.count) }
    }
    return nil
  }
}
