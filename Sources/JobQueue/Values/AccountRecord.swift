public import FoundationEssentials
public import Generation

/// A person with a password, without it.
public struct AccountRecord: Equatable, Sendable {
  /// The user that owns jobs and pictures.
  public var id: UserID
  /// The name as it was chosen.
  public var name: String
  /// What the person may do.
  public var role: UserRole
  /// Whether an admin has shut the person out.
  public var isDisabled: Bool
  /// When the account was made.
  public var createdAt: Date
}
