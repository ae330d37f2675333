public import HTTPTypes

/// A refusal with its one JSON shape: `{"error": {"code": …, "message": …, "field": …}}`.
public struct HTTPError: Error, Equatable, Sendable {
  /// The status of the response.
  public var status: HTTPResponse.Status
  /// What went wrong, for programs: `unknown_sampler`.
  public var code: String
  /// What was expected and what was found, for people.
  public var message: String
  /// The field of the request that is at fault.
  public var field: String?
  /// Further headers, such as Retry-After or Allow.
  public var headers: HTTPFields

  /// A refusal from its parts.
  public init(
    _ status: HTTPResponse.Status, _ code: String, _ message: String, field: String? = nil,
    headers: HTTPFields = [:]
  ) {
    self.status = status
    self.code = code
    self.message = message
    self.field = field
    self.headers = headers
  }

  /// 404 in the one form that says nothing about why.
  public static let notFound = HTTPError(.notFound, "not_found", "there is nothing at this address")

  /// 413 for a body over `limit` bytes.
  public static func bodyTooLarge(limit: Int) -> HTTPError {
    HTTPError(.contentTooLarge, "body_too_large", "the body must be at most \(limit) bytes")
  }

  /// 503 for a body that has to wait until others are done.
  static func noRoomForBody(limits: HTTPLimits) -> HTTPError {
    HTTPError(
      .serviceUnavailable, "busy", "too many uploads at once; try again",
      headers: [.retryAfter: String(limits.retryAfter.components.seconds)])
  }

  /// 500 without any detail; the log has them under the request's id.
  public static func internalError(id: String) -> HTTPError {
    HTTPError(.internalServerError, "internal", "something went wrong here; the log has it as \(id)")
  }

  /// The refusal as a response.
  public var response: Response {
    var text = "{\"error\":{\"code\":" + JSONText.string(code) + ",\"message\":" + JSONText.string(message)
    if let field { text += ",\"field\":" + JSONText.string(field) }
    text += "}}"
    return .json(Array(text.utf8), status: status, headers: headers)
  }
}
