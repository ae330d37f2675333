internal import HTTPTypes

/// Writes the head of a response: status line, headers, and the framing that the response needs.
///
/// RFC 9112 sections 4 and 6. A response always has Content-Length or is chunked, but for those that can have
/// no body and for streams to HTTP/1.0, which end with the connection.
public struct HTTPResponseEncoder: Sendable {
  /// Why a response cannot be written.
  public enum EncodeError: Error, Equatable, Sendable {
    /// A header's value holds CR, LF or NUL.
    case badHeaderValue(name: String)
  }

  /// What the request and the connection say about the response.
  public struct Context: Sendable {
    var isHead = false
    var version = HTTPVersion.http11
    var keepAlive = true
    var date: String

    /// For a response to a GET over HTTP/1.1 that keeps the connection.
    public init(date: String, isHead: Bool = false, version: HTTPVersion = .http11, keepAlive: Bool = true) {
      self.date = date
      self.isHead = isHead
      self.version = version
      self.keepAlive = keepAlive
    }
  }

  /// The head with its empty line.
  ///
  /// Throws `EncodeError`.
  public static func head(of response: Response, _ context: Context) throws(EncodeError) -> [UInt8] {
    var bytes: [UInt8]
    if let prepared = response.preparedHead {
      bytes = []
      bytes.reserveCapacity(prepared.count + 96)
      bytes.append(contentsOf: prepared)
    } else {
      bytes = try lines(of: response, version: context.version)
    }
    append("Date: ", to: &bytes)
    append(context.date, to: &bytes)
    append("\r\n", to: &bytes)
    append(connection(response.status.code, context), to: &bytes)
    append("\r\n", to: &bytes)
    return bytes
  }

  /// The connection's fate, where the version does not imply it.
  private static func connection(_ code: Int, _ context: Context) -> String {
    // Says it itself.
    if code == 101 { return "" }
    // What its Upgrade offers is a matter of this connection (RFC 9110 section 7.8).
    let upgrade = code == 426
    if !context.keepAlive { return "Connection: \(upgrade ? "Upgrade, " : "")close\r\n" }
    if context.version == .http10 { return "Connection: \(upgrade ? "Upgrade, " : "")keep-alive\r\n" }
    return upgrade ? "Connection: Upgrade\r\n" : ""
  }

  /// The status line and the headers that do not depend on the moment or the connection.
  static func lines(of response: Response, version: HTTPVersion) throws(EncodeError) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(1024)
    append("HTTP/1.1 ", to: &bytes)
    append(String(response.status.code), to: &bytes)
    append(" ", to: &bytes)
    append(response.status.reasonPhrase, to: &bytes)
    append("\r\n", to: &bytes)
    var hasTypeOptions = false
    for field in response.headers where !isFraming(field.name, response.body) {
      try append(field, to: &bytes)
      hasTypeOptions = hasTypeOptions || field.name == .xContentTypeOptions
    }
    if !hasTypeOptions { append("X-Content-Type-Options: nosniff\r\n", to: &bytes) }
    append(framing(of: response, version), to: &bytes)
    return bytes
  }

  /// Writes one header line.
  static func append(_ field: HTTPField, to bytes: inout [UInt8]) throws(EncodeError) {
    append(field.name.rawName, to: &bytes)
    append(": ", to: &bytes)
    let start = bytes.count
    append(field.value, to: &bytes)
    for byte in bytes[start...] where byte == 0x0D || byte == 0x0A || byte == 0 {
      throw .badHeaderValue(name: field.name.rawName)
    }
    append("\r\n", to: &bytes)
  }

  /// A chunk of a streamed body; the empty one ends it.
  public static func chunk(_ bytes: [UInt8]) -> [UInt8] {
    if bytes.isEmpty { return Array("0\r\n\r\n".utf8) }
    return Array("\(String(bytes.count, radix: 16))\r\n".utf8) + bytes + Array("\r\n".utf8)
  }

  /// Whether the response, in answer to this request, is sent with a body.
  static func sendsBody(_ response: Response, isHead: Bool) -> Bool {
    !isHead && response.status.code != 204 && response.status.code != 304 && response.status.code >= 200
  }

  private static func append(_ text: String, to bytes: inout [UInt8]) {
    bytes.append(contentsOf: text.utf8)
  }

  private static func isFraming(_ name: HTTPField.Name, _ body: Response.Body) -> Bool {
    switch name {
    case .contentLength, .transferEncoding, .date: return true
    case .connection:
      if case .webSocket = body { return false }
      return true
    default: return false
    }
  }

  private static func framing(of response: Response, _ version: HTTPVersion) -> String {
    let code = response.status.code
    guard code >= 200, code != 204, code != 304 else { return "" }
    switch response.body {
    case .none, .webSocket: return "Content-Length: 0\r\n"
    case .bytes(let bytes): return "Content-Length: \(bytes.count)\r\n"
    case .file(_, _, let count): return "Content-Length: \(count)\r\n"
    case .stream: return version == .http10 ? "" : "Transfer-Encoding: chunked\r\n"
    }
  }
}
