public import HTTPTypes
public import Sockets

/// What is sent back.
///
/// Content-Length, Transfer-Encoding, Connection and Date are the encoder's business: values given for them in
/// `headers` are dropped.
public struct Response: Sendable {
  /// The status.
  public var status: HTTPResponse.Status { didSet { preparedHead = nil } }
  /// The headers.
  public var headers: HTTPFields { didSet { preparedHead = nil } }
  /// The body.
  public var body: Body { didSet { preparedHead = nil } }
  /// The status line and all headers as they are sent, made once for many responses; any change forgets them.
  private(set) var preparedHead: [UInt8]?

  /// The kinds of body.
  public enum Body: Sendable {
    /// No body; Content-Length 0 where the status allows a body.
    case none
    /// Bytes in memory.
    case bytes([UInt8])
    /// A part of an open file, sent by the kernel.
    case file(FileDescriptor, offset: Int64, count: Int)
    /// Bytes produced while they are sent, in chunks.
    case stream(@Sendable (ResponseWriter) async throws -> Void)
    /// The connection becomes a WebSocket; made by `Response.webSocket`.
    case webSocket(WebSocketConnection.Work)
  }

  /// A response from its parts.
  public init(_ status: HTTPResponse.Status, headers: HTTPFields = [:], body: Body = .none) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// The same response with the security headers it would be given, and its head written once for all.
  ///
  /// For what is sent again and again: a file, a short answer that never changes. A later change of a part is
  /// allowed and costs what was saved; `append` adds a header at no such cost. A stream stays as it is.
  public func prepared() -> Response {
    var response = self
    SecurityHeaders.apply(to: &response)
    if case .stream = body { return response }
    // A header that cannot be written is said where the response is sent.
    response.preparedHead = try? HTTPResponseEncoder.lines(of: response, version: .http11)
    return response
  }

  /// Adds a header after the others.
  ///
  /// Throws `HTTPResponseEncoder.EncodeError` for a value with CR, LF or NUL.
  public mutating func append(_ field: HTTPField) throws(HTTPResponseEncoder.EncodeError) {
    let head = preparedHead
    headers.append(field)
    guard var head else { return }
    try HTTPResponseEncoder.append(field, to: &head)
    preparedHead = head
  }

  /// A body of JSON text.
  public static func json(_ bytes: [UInt8], status: HTTPResponse.Status = .ok, headers: HTTPFields = [:])
    -> Response
  {
    var headers = headers
    headers[.contentType] = "application/json; charset=utf-8"
    return Response(status, headers: headers, body: .bytes(bytes))
  }

  /// A body of plain text.
  public static func text(_ text: String, status: HTTPResponse.Status = .ok) -> Response {
    Response(status, headers: [.contentType: "text/plain; charset=utf-8"], body: .bytes(Array(text.utf8)))
  }

  /// To a method that an address does not have: for OPTIONS what it has, otherwise 405 (RFC 9110 sections 9.3.7 and
  /// 15.5.6).
  static func otherMethod(_ method: HTTPRequest.Method, allow: String) -> Response {
    if method == .options { return Response(.noContent, headers: [.allow: allow]) }
    return HTTPError(
      .methodNotAllowed, "method_not_allowed", "expected one of \(allow)", headers: [.allow: allow]
    ).response
  }
}
