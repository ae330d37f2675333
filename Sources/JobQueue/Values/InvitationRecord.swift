public import FoundationEssentials
import Generation

/// An invitation to make an account, without its code.
public struct InvitationRecord: Equatable, Sendable {
  /// Its public name.
  public var id: String
  /// What the person invited may do.
  public var role: UserRole
  /// When it was made.
  public var createdAt: Date
  /// When it ends.
  public var expiresAt: Date
  /// Who used it; nil before.
  public var usedBy: AuditActor?
}
