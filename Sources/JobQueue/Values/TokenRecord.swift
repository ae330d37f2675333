public import FoundationEssentials
public import Generation

/// An API token, without its secret.
public struct TokenRecord: Equatable, Sendable {
  /// Its public name.
  public var id: String
  /// Whose it is.
  public var owner: UserID
  /// What its owner calls it.
  public var name: String
  /// What it may be used for.
  public var scopes: Set<TokenScope>
  /// When it was made.
  public var createdAt: Date
  /// When it was last used, to the hour; nil before.
  public var lastUsedAt: Date?
  /// When it ends; nil never.
  public var expiresAt: Date?
}
