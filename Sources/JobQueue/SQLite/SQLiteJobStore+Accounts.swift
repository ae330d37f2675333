public import FoundationEssentials
import GRDB
public import Generation

extension SQLiteJobStore {
  /// See `AccountStore`.
  public func createAccount(
    _ account: NewAccount, invitationSHA256: String
  ) async throws(JobQueueError) -> AccountOutcome {
    try await write { transaction in
      let invitation = try transaction.row(
        "SELECT id, role FROM invitation WHERE code_sha256 = ? AND used_by IS NULL AND expires_at > ?",
        [invitationSHA256, transaction.wall - Self.clockTolerance])
      guard let invitation, let role = UserRole(rawValue: invitation["role"]) else { return .badInvitation }
      guard try transaction.account(nameKey: account.nameKey) == nil else { return .nameTaken }
      let record = try transaction.insert(account, role)
      try transaction.change(
        "UPDATE invitation SET used_by = ? WHERE id = ?", [record.id.rawValue, invitation["id"] as String])
      try transaction.audit(
        "account.create", subject: record.name, detail: "role=\(role.rawValue) by invitation",
        by: AuditActor(id: record.id, name: record.name))
      return .done(record)
    }
  }

  /// See `AccountStore`.
  public func createAdmin(
    _ account: NewAccount
  ) async throws(JobQueueError) -> (record: AccountRecord, isNew: Bool) {
    try await write { transaction in
      let (record, isNew): (AccountRecord, Bool)
      if let (old, _) = try transaction.account(nameKey: account.nameKey) {
        try transaction.change(
          "UPDATE account SET role = 'admin', disabled = 0, password = ? WHERE user_id = ?",
          [account.passwordHash, old.id.rawValue])
        try transaction.closeSessions(of: old.id)
        (record, isNew) = (try transaction.account(old.id)?.0 ?? old, false)
      } else {
        (record, isNew) = (try transaction.insert(account, .admin), true)
      }
      try transaction.audit(
        isNew ? "account.create" : "account.update", subject: record.name, detail: "role=admin password",
        by: .owner)
      return (record, isNew)
    }
  }

  /// See `AccountStore`.
  public func adminCount() async throws(JobQueueError) -> Int {
    try await read { try $0.adminCount() }
  }

  /// See `AccountStore`.
  public func credentials(
    nameKey: String
  ) async throws(JobQueueError) -> (record: AccountRecord, hash: String)? {
    try await read { transaction -> (record: AccountRecord, hash: String)? in
      try transaction.account(nameKey: nameKey)
    }
  }

  /// See `AccountStore`.
  public func credentials(
    _ id: UserID
  ) async throws(JobQueueError) -> (record: AccountRecord, hash: String)? {
    try await read { transaction -> (record: AccountRecord, hash: String)? in try transaction.account(id) }
  }

  /// See `AccountStore`.
  public func logIn(
    _ id: UserID, tokenSHA256: String, expires: Date, verified: String, rehashed: String?
  ) async throws(JobQueueError) -> AccountRecord? {
    try await write { transaction -> AccountRecord? in
      guard let (record, hash) = try transaction.account(id), !record.isDisabled, hash == verified else {
        return nil
      }
      try transaction.openSession(tokenSHA256, user: id, expires: expires)
      try transaction.change(
        "UPDATE account SET last_login_at = ?, password = coalesce(?, password) WHERE user_id = ?",
        [transaction.wall, rehashed, id.rawValue])
      return record
    }
  }

  /// See `AccountStore`.
  public func changePassword(
    _ id: UserID, verified: String, hash: String, tokenSHA256: String, expires: Date
  ) async throws(JobQueueError) -> AccountRecord? {
    try await write { transaction -> AccountRecord? in
      guard let (record, old) = try transaction.account(id), !record.isDisabled, old == verified else {
        return nil
      }
      try transaction.change("UPDATE account SET password = ? WHERE user_id = ?", [hash, id.rawValue])
      try transaction.closeSessions(of: id)
      try transaction.openSession(tokenSHA256, user: id, expires: expires)
      return record
    }
  }
}

extension QueueTransaction {
  /// An account and its password's hash.
  func account(_ id: UserID) throws -> (record: AccountRecord, hash: String)? {
    try account(where: "account.user_id = ?", id.rawValue)
  }

  /// The same by the name's key.
  func account(nameKey: String) throws -> (record: AccountRecord, hash: String)? {
    try account(where: "account.name_key = ?", nameKey)
  }

  private func account(where condition: String, _ value: String) throws -> (AccountRecord, String)? {
    try row(
      """
      SELECT \(AccountRecord.columnsSQL) FROM account JOIN user ON user.id = account.user_id
      WHERE \(condition)
      """, [value]
    ).map { (try AccountRecord(row: $0), $0["password"]) }
  }

  static let adminCountSQL = "SELECT count(*) FROM account WHERE role = 'admin' AND disabled = 0"

  /// How many admins may log in.
  func adminCount() throws -> Int { Int(try integer(Self.adminCountSQL)) }

  /// Makes a user and the account; the name must be free.
  fileprivate func insert(_ account: NewAccount, _ role: UserRole) throws -> AccountRecord {
    let id = UserID(ids.next())
    try ensureUser(id, .account)
    try change(
      "INSERT INTO account (user_id, name, name_key, role, password) VALUES (?, ?, ?, ?, ?)",
      [id.rawValue, account.name, account.nameKey, role.rawValue, account.passwordHash])
    return AccountRecord(
      id: id, name: account.name, role: role, isDisabled: false, createdAt: Date(queueMilliseconds: wall))
  }

  /// Appends to the audit log.
  func audit(_ action: String, subject: String, detail: String, by actor: AuditActor) throws {
    try change(
      "INSERT INTO audit (at, actor_id, actor_name, action, subject, detail) VALUES (?, ?, ?, ?, ?, ?)",
      [wall, actor.id.rawValue, actor.name, action, subject, detail])
  }
}
