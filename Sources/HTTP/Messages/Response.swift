public import HTTPTypes
public import Sockets

/// What is sent back.
///
/// Content-Length, Transfer-Encoding, Connection and Date are the encoder's business: values given for them in
/// `headers` are dropped.
public struct Response: Sendable {
  /// The status.
  public var status: HTTPResponse.Status
  /// The headers.
  public var headers: HTTPFields
  /// The body.
  public var body: Body

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
    case webSocket(@Sendable (WebSocketConnection) async throws -> Void)
  }

  /// A response from its parts.
  public init(_ status: HTTPResponse.Status, headers: HTTPFields = [:], body: Body = .none) {
    self.status = status
    self.headers = headers
    self.body = body
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
}
