/// An account to be made.
public struct NewAccount: Sendable {
  /// The name to show and to log in with.
  public var name: String
  /// What tells names apart: two accounts never have the same; see `AccountStore`.
  public var nameKey: String
  /// The password's hash, a PHC string.
  public var passwordHash: String

  /// Puts an account together.
  public init(name: String, nameKey: String, passwordHash: String) {
    self.name = name
    self.nameKey = nameKey
    self.passwordHash = passwordHash
  }
}
