public import FoundationEssentials
public import Generation

/// One user as an admin sees them: counts, no contents.
public struct UserSummary: Equatable, Sendable {
  /// The user.
  public var id: UserID
  /// The account's name; empty without an account.
  public var name: String
  /// How the user came to be.
  public var kind: UserKind
  /// What the person may do.
  public var role: UserRole
  /// Whether an admin has shut the person out.
  public var isDisabled: Bool
  /// When the user was made.
  public var createdAt: Date
  /// When the person last logged in; nil before, or without an account.
  public var lastLoginAt: Date?
  /// All jobs.
  public var jobs: Int
  /// Jobs that wait or run.
  public var openJobs: Int
  /// Pictures kept.
  public var images: Int
  /// Their bytes.
  public var imageBytes: Int
}
