/// An error a user may see: a stable code for programs, a sentence for people, never a prompt or a path.
public struct UserError: Error, Codable, Hashable, Sendable {
  /// A stable snake_case code, for example `unknown_sampler`.
  public var code: String
  /// What was expected and what was found, in English.
  public var message: String
  /// The JSON name of the request's field at fault, if one is.
  public var field: String?

  /// Makes an error.
  public init(code: String, message: String, field: String? = nil) {
    self.code = code
    self.message = message
    self.field = field
  }
}
