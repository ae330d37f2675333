/// What an admin changes of an account; nil leaves a thing as it is.
public struct AccountChange: Equatable, Sendable {
  /// What the person may do.
  public var role: UserRole?
  /// Whether the person is shut out.
  public var isDisabled: Bool?
  /// A new password's hash.
  public var passwordHash: String?

  /// Puts a change together.
  public init(role: UserRole? = nil, isDisabled: Bool? = nil, passwordHash: String? = nil) {
    self.role = role
    self.isDisabled = isDisabled
    self.passwordHash = passwordHash
  }

  /// In words, for the audit log; a password is named, never shown.
  var summary: String {
    var parts: [String] = []
    if let role { parts.append("role=\(role.rawValue)") }
    if let isDisabled { parts.append("disabled=\(isDisabled)") }
    if passwordHash != nil { parts.append("password") }
    return parts.joined(separator: " ")
  }
}
