public import HTTPTypes
public import Sockets

/// A request without its body.
public struct RequestHead: Sendable {
  /// The method.
  public var method: HTTPRequest.Method
  /// The checked Host, or the authority of an absolute target; empty in HTTP/1.0 without Host.
  public var authority: String
  /// The path and query as they were sent.
  public var path: String
  /// The headers.
  public var headers: HTTPFields
  /// The decoded target.
  public var target: RequestTarget
  /// The version the client speaks.
  public var version: HTTPVersion
  /// How long the body is.
  public var framing: BodyFraming
  /// The client waits for `100 Continue` before it sends the body.
  public var expectsContinue: Bool
  /// The client wants to use the connection again.
  public var keepAlive: Bool
  /// Where the connection comes from.
  public var peer: SocketAddress
  var number: UInt64

  /// Names the request in logs: 16 hexadecimal digits.
  public var id: String {
    let text = String(number, radix: 16)
    return String(repeating: "0", count: 16 - text.count) + text
  }

  /// A head made by hand, for tests of routes: an HTTP/1.1 request from loopback.
  ///
  /// Throws `HTTPParseError.badTarget`.
  public init(
    _ method: HTTPRequest.Method, _ path: String, headers: HTTPFields = [:], host: String = "localhost",
    framing: BodyFraming = .none
  ) throws(HTTPParseError) {
    self.method = method
    authority = host
    self.path = path
    self.headers = headers
    target = try RequestTarget(parsing: path)
    version = .http11
    self.framing = framing
    expectsContinue = false
    keepAlive = true
    peer = .loopback(port: 0)
    number = 0
  }

  /// The head that a request line and its headers make.
  init(
    _ line: RequestLine, authority: String, path: String, target: RequestTarget, headers: HTTPFields,
    framing: BodyFraming
  ) {
    method = line.method
    self.authority = authority
    self.path = path
    self.headers = headers
    self.target = target
    version = line.version
    self.framing = framing
    expectsContinue = false
    keepAlive = false
    peer = .loopback(port: 0)
    number = 0
  }

  /// The host the client named, without its port: `localhost`, `127.0.0.1`, `[::1]`; empty in HTTP/1.0 without Host.
  public var host: String { HostName.split(authority).host }

  /// The value of a cookie, by the rules of RFC 6265 section 5.4; the first of several.
  public func cookie(_ name: String) -> String? {
    for header in headers[values: .cookie] {
      for pair in header.split(separator: ";") {
        let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].drop(while: { $0 == " " }) == name else { continue }
        return String(parts[1])
      }
    }
    return nil
  }
}
