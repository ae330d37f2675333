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

  private static let methods = [
    HTTPRequest.Method.get, .head, .post, .put, .patch, .delete, .options,
  ].map { (bytes: Array($0.rawValue.utf8), method: $0) }
  private static let newest = Array("HTTP/1.1".utf8)

  let method: HTTPRequest.Method
  let target: Target
  let version: HTTPVersion

  init(parsing line: ArraySlice<UInt8>) throws(HTTPParseError) {
    guard let first = line.firstIndex(of: 0x20), let last = line.lastIndex(of: 0x20), first < last else {
      throw .badRequestLine
    }
    let (name, text) = (line[..<first], line[(first + 1)..<last])
    let method = RequestLine.methods.first { name.elementsEqual($0.bytes) }?.method
    guard !text.contains(0x20), method != nil || RequestLine.isToken(name) else { throw .badRequestLine }
    version = try RequestLine.version(line[(last + 1)...])
    // Closing on a method nobody serves also ends most tries to hide a request in another one's body.
    guard let method else { throw .unsupportedMethod }
    self.method = method
    target = try RequestLine.target(text, method: method)
  }

  private static func isToken(_ bytes: ArraySlice<UInt8>) -> Bool {
    !bytes.isEmpty && bytes.count <= 32 && bytes.allSatisfy(HeaderLine.isTokenByte)
  }

  private static func version(_ bytes: ArraySlice<UInt8>) throws(HTTPParseError) -> HTTPVersion {
    if bytes.elementsEqual(newest) { return .http11 }
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
    // RFC 9110 section 7.4: what was meant for an encrypted connection must not be taken from another.
    if without("https://", bytes) != nil { throw .secureTarget }
    guard let rest = without("http://", bytes) else { throw .badTarget }
    let end = rest.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? rest.endIndex
    let path = rest[end...]
    guard HostName.isValid(rest[..<end]) else { throw .badTarget }
    if path.first == UInt8(ascii: "?") {
      return .absolute(authority: rest[..<end], path: ArraySlice("/".utf8 + path))
    }
    return .absolute(authority: rest[..<end], path: path.isEmpty ? ArraySlice("/".utf8) : path)
  }

  /// What follows a scheme, in any case; nil where there is another.
  private static func without(_ scheme: String, _ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    let lowered = bytes.prefix(scheme.utf8.count).map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
    return lowered.elementsEqual(scheme.utf8) ? bytes.dropFirst(scheme.utf8.count) : nil
  }
}
