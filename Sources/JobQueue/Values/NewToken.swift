public import FoundationEssentials
public import Generation

/// An API token to be made.
public struct NewToken: Sendable {
  /// Whose it is to be.
  public var owner: UserID
  /// What its owner calls it.
  public var name: String
  /// What it may be used for.
  public var scopes: Set<TokenScope>
  /// The SHA-256 of its secret, lower-case hexadecimal.
  public var secretSHA256: String
  /// When it ends; nil never.
  public var expiresAt: Date?

  /// Puts a token together.
  public init(
    owner: UserID, name: String, scopes: Set<TokenScope>, secretSHA256: String, expiresAt: Date? = nil
  ) {
    self.owner = owner
    self.name = name
    self.scopes = scopes
    self.secretSHA256 = secretSHA256
    self.expiresAt = expiresAt
  }
}
