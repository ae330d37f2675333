import FoundationEssentials
import GRDB
import Generation

extension AccountRecord {
  /// The columns an account is read from, of `account` joined with `user`.
  static let columnsSQL =
    "account.user_id, account.name, account.role, account.disabled, account.password, user.created_at"

  init(row: Row) throws {
    guard let role = UserRole(rawValue: row["role"]) else {
      throw JobQueueError.unreadable(column: "account.role")
    }
    self.init(
      id: UserID(row["user_id"]), name: row["name"], role: role, isDisabled: row["disabled"],
      createdAt: Date(queueMilliseconds: row["created_at"]))
  }
}

extension TokenRecord {
  init(row: Row) throws {
    let scopes = (row["scopes"] as String).split(separator: " ").compactMap {
      TokenScope(rawValue: String($0))
    }
    self.init(
      id: row["id"], owner: UserID(row["user_id"]), name: row["name"], scopes: Set(scopes),
      createdAt: Date(queueMilliseconds: row["created_at"]),
      lastUsedAt: (row["last_used_at"] as Int64?).map { Date(queueMilliseconds: $0) },
      expiresAt: (row["expires_at"] as Int64?).map { Date(queueMilliseconds: $0) })
  }
}

extension InvitationRecord {
  /// Reads an invitation joined with the account that used it.
  init(row: Row) throws {
    guard let role = UserRole(rawValue: row["role"]) else {
      throw JobQueueError.unreadable(column: "invitation.role")
    }
    self.init(
      id: row["id"], role: role, createdAt: Date(queueMilliseconds: row["created_at"]),
      expiresAt: Date(queueMilliseconds: row["expires_at"]),
      usedBy: (row["used_by"] as String?).map { AuditActor(id: UserID($0), name: row["used_name"]) })
  }
}

extension AuditEntry {
  init(row: Row) {
    self.init(
      number: row["number"], at: Date(queueMilliseconds: row["at"]),
      actor: AuditActor(id: UserID(row["actor_id"]), name: row["actor_name"]), action: row["action"],
      subject: row["subject"], detail: row["detail"])
  }
}
