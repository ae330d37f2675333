/// The minor version of HTTP/1.
public enum HTTPVersion: Equatable, Sendable {
  /// HTTP/1.0: one request a connection unless the client asks for more.
  case http10
  /// HTTP/1.1.
  case http11
}

/// How the length of a request's body is known.
public enum BodyFraming: Equatable, Sendable {
  /// There is no body.
  case none
  /// Content-Length, more than 0.
  case length(Int)
  /// Transfer-Encoding: chunked.
  case chunked
}
