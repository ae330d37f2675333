import JobQueue
import Logs

/// An invitation as an admin sees it.
struct InvitationDocument: Encodable, Sendable {
  var id: String
  var role: UserRole
  var createdAt: String
  var expiresAt: String
  @Nullable var usedBy: ActorDocument?
  /// The code itself, only in the answer that made it.
  var code: String?

  enum CodingKeys: String, CodingKey {
    case id, role, code
    case createdAt = "created_at"
    case expiresAt = "expires_at"
    case usedBy = "used_by"
  }

  init(_ record: InvitationRecord, code: String? = nil) {
    id = record.id
    role = record.role
    createdAt = Timestamp.text(record.createdAt)
    expiresAt = Timestamp.text(record.expiresAt)
    usedBy = record.usedBy.map(ActorDocument.init)
    self.code = code
  }
}

/// Invitations, newest first.
struct InvitationListDocument: Encodable, Sendable {
  var invitations: [InvitationDocument]
}
