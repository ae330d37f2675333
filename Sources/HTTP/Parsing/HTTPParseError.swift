internal import HTTPTypes

/// Why a request could not be parsed; the connection answers and closes.
public enum HTTPParseError: Error, Equatable, Sendable {
  /// A line ends in LF without CR, or a CR stands alone.
  case bareLineEnding
  /// The request line is not `METHOD SP target SP HTTP/x.y`.
  case badRequestLine
  /// The request line is longer than the limit.
  case requestLineTooLong(limit: Int)
  /// The request target has a forbidden byte, a bad percent escape, or a form the method does not allow.
  case badTarget
  /// The target is of https, over a connection that is not encrypted.
  case secureTarget
  /// The HTTP version is neither 1.0 nor 1.1.
  case unsupportedVersion
  /// The method is none that a route could have: 501 (RFC 9110 section 9.1).
  case unsupportedMethod
  /// A header line has no colon, an invalid name, a space before the colon, a fold, or a control byte.
  case badHeader
  /// A header line, all header lines together or their number exceed a limit.
  case headersTooLarge
  /// Host is missing, doubled or not a host with an optional port.
  case badHost
  /// Content-Length is not one non-negative number.
  case badContentLength
  /// Both Transfer-Encoding and Content-Length are present, or Transfer-Encoding in HTTP/1.0.
  case conflictingFraming
  /// Transfer-Encoding is anything but `chunked`.
  case badTransferEncoding
  /// An expectation other than `100-continue`.
  case badExpectation
  /// A chunk's size is not 1 to 16 hexadecimal digits, overflows, or is followed by something odd.
  case badChunkSize
  /// A chunk's data is not followed by CRLF.
  case badChunkEnd
  /// Chunk extensions and trailers together exceed the limit.
  case chunkOverheadTooLarge(limit: Int)
}

extension HTTPParseError {
  /// How the refusal is told to the client.
  public var response: HTTPError {
    switch self {
    case .requestLineTooLong(let limit):
      HTTPError(.init(code: 414), "uri_too_long", "the request line must be at most \(limit) bytes")
    case .headersTooLarge:
      HTTPError(.init(code: 431), "headers_too_large", "the request headers are too large")
    case .secureTarget:
      HTTPError(.misdirectedRequest, "misdirected", "an https address needs an encrypted connection")
    case .unsupportedVersion:
      HTTPError(.init(code: 505), "unsupported_version", "expected HTTP/1.1")
    case .unsupportedMethod:
      HTTPError(.notImplemented, "unsupported_method", "the request method is not known here")
    case .badExpectation:
      HTTPError(.expectationFailed, "bad_expectation", "expected 'Expect: 100-continue'")
    default:
      HTTPError(.badRequest, "bad_request", reason)
    }
  }

  private var reason: String {
    switch self {
    case .bareLineEnding: "expected CRLF at the end of a line; found a bare CR or LF"
    case .badRequestLine: "expected a request line 'METHOD target HTTP/1.1'"
    case .badTarget: "the request target is malformed"
    case .badHeader: "a header line is malformed"
    case .badHost: "expected exactly one valid Host header"
    case .badContentLength: "Content-Length must be one non-negative number"
    case .conflictingFraming: "Transfer-Encoding must not come with Content-Length or in HTTP/1.0"
    case .badTransferEncoding: "the only Transfer-Encoding accepted is 'chunked'"
    case .badChunkSize: "a chunk size is malformed"
    case .badChunkEnd: "expected CRLF after a chunk"
    case .chunkOverheadTooLarge(let limit): "chunk extensions and trailers must be at most \(limit) bytes"
    default: "the request is malformed"
    }
  }
}
