public import FoundationEssentials

/// One thing an admin did.
public struct AuditEntry: Equatable, Sendable {
  /// Grows with each entry.
  public var number: Int64
  /// When, by the wall clock.
  public var at: Date
  /// Who did it.
  public var actor: AuditActor
  /// What: `account.update`, `job.fail`.
  public var action: String
  /// To whom or what: a name or an id.
  public var subject: String
  /// How, in words; never a prompt or a secret.
  public var detail: String
}
