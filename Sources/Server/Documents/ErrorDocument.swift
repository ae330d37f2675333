import Generation

/// The one shape of every error: `{"error": {"code": …, "message": …, "field": …}}`.
struct ErrorDocument: Encodable, Sendable {
  var error: UserError
}
