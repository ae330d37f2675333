public import Generation

/// A refusal with its HTTP status: what a handler throws, what a client reads.
public struct APIError: Error, Hashable, Sendable {
  /// The HTTP status code.
  public var status: Int
  /// What the body says.
  public var error: UserError
  /// Seconds after which trying again makes sense; the `Retry-After` header.
  public var retryAfterSeconds: Int?

  /// Makes a refusal.
  public init(status: Int, error: UserError, retryAfterSeconds: Int? = nil) {
    self.status = status
    self.error = error
    self.retryAfterSeconds = retryAfterSeconds
  }

  /// 422: a field of the request is at fault.
  static func invalid(_ error: UserError) -> APIError { APIError(status: 422, error: error) }

  /// 422 with the parts spelt out.
  static func invalid(_ code: String, _ message: String, field: String? = nil) -> APIError {
    .invalid(UserError(code: code, message: message, field: field))
  }

  /// 404, the same whether the thing never was or is another user's.
  static func notFound(_ what: String) -> APIError {
    APIError(status: 404, error: UserError(code: "not_found", message: "no such \(what)"))
  }
}
