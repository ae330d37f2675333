public import FoundationEssentials
import GRDB
public import Generation

extension SQLiteJobStore {
  /// See `AccountStore`.
  public func updateAccount(
    _ id: UserID, _ change: AccountChange, by actor: AuditActor
  ) async throws(JobQueueError) -> AccountOutcome {
    try await write { transaction in
      guard let (old, _) = try transaction.account(id) else { return .unknown }
      let staysAdmin = (change.role ?? old.role) == .admin && !(change.isDisabled ?? old.isDisabled)
      let wasAdmin = old.role == .admin && !old.isDisabled
      if wasAdmin, !staysAdmin, try transaction.adminCount() == 1 { return .lastAdmin }
      try transaction.change(
        """
        UPDATE account SET role = coalesce(?, role), disabled = coalesce(?, disabled),
          password = coalesce(?, password) WHERE user_id = ?
        """, [change.role?.rawValue, change.isDisabled, change.passwordHash, id.rawValue])
      if change.isDisabled == true || change.passwordHash != nil { try transaction.closeSessions(of: id) }
      if change.isDisabled == true {
        try transaction.change("DELETE FROM api_token WHERE user_id = ?", [id.rawValue])
      }
      try transaction.audit("account.update", subject: old.name, detail: change.summary, by: actor)
      return .done(try transaction.account(id)?.record ?? old)
    }
  }

  /// See `AccountStore`.
  public func users() async throws(JobQueueError) -> [UserSummary] {
    try await read { try $0.users("ORDER BY user.created_at, user.id LIMIT 10000") }
  }

  /// See `AccountStore`.
  public func user(_ id: UserID) async throws(JobQueueError) -> UserSummary? {
    try await read { transaction -> UserSummary? in
      try transaction.users("WHERE user.id = ?", [id.rawValue]).first
    }
  }

  /// See `AccountStore`.
  public func totals() async throws(JobQueueError) -> (users: Int, imageBytes: Int) {
    try await read { transaction in
      (
        users: Int(try transaction.integer("SELECT count(*) FROM user")),
        imageBytes: Int(
          try transaction.integer("SELECT coalesce(sum(bytes), 0) FROM image WHERE deleted = 0"))
      )
    }
  }

  /// See `AccountStore`.
  public func createInvitation(
    codeSHA256: String, role: UserRole, expires: Date, by actor: AuditActor
  ) async throws(JobQueueError) -> InvitationRecord {
    try await write { transaction in
      let id = transaction.ids.next()
      try transaction.change(
        "INSERT INTO invitation (id, code_sha256, role, created_at, expires_at) VALUES (?, ?, ?, ?, ?)",
        [id, codeSHA256, role.rawValue, transaction.wall, expires.queueMilliseconds])
      try transaction.audit("invitation.create", subject: id, detail: "role=\(role.rawValue)", by: actor)
      return InvitationRecord(
        id: id, role: role, createdAt: Date(queueMilliseconds: transaction.wall), expiresAt: expires)
    }
  }

  /// See `AccountStore`.
  public func invitations() async throws(JobQueueError) -> [InvitationRecord] {
    try await read { transaction in
      try transaction.rows(
        """
        SELECT invitation.*, account.name AS used_name FROM invitation
          LEFT JOIN account ON account.user_id = invitation.used_by
        ORDER BY invitation.created_at DESC, invitation.id LIMIT 1000
        """
      ).map(InvitationRecord.init(row:))
    }
  }

  /// See `AccountStore`.
  public func deleteInvitation(_ id: String, by actor: AuditActor) async throws(JobQueueError) -> Bool {
    try await write { transaction in
      guard try transaction.change("DELETE FROM invitation WHERE id = ?", [id]) == 1 else { return false }
      try transaction.audit("invitation.delete", subject: id, detail: "", by: actor)
      return true
    }
  }

  /// See `AccountStore`.
  public func audit(
    _ action: String, subject: String, detail: String, by actor: AuditActor
  ) async throws(JobQueueError) {
    try await write { try $0.audit(action, subject: subject, detail: detail, by: actor) }
  }

  /// See `AccountStore`.
  public func auditEntries(limit: Int, before: Int64?) async throws(JobQueueError) -> [AuditEntry] {
    try await read { transaction in
      try transaction.rows(
        "SELECT * FROM audit WHERE number < ? ORDER BY number DESC LIMIT ?",
        [before ?? Int64.max, min(max(limit, 1), 200)]
      ).map(AuditEntry.init(row:))
    }
  }

  /// See `AccountStore`.
  public func openJobs(_ which: OpenJob.Filter) async throws(JobQueueError) -> [OpenJob] {
    let (condition, arguments): (String, StatementArguments) =
      switch which {
      case .all: (QueueTransaction.openSQL, [])
      case .running: (QueueTransaction.activeSQL, [])
      case .one(let id): ("\(QueueTransaction.openSQL) AND job.id = ?", [id.rawValue])
      }
    return try await read { transaction in
      try transaction.rows(
        """
        SELECT \(JobRow.selectedSQL), account.name AS owner_name FROM job
          LEFT JOIN account ON account.user_id = job.user_id
        WHERE \(condition) ORDER BY job.number LIMIT 1000
        """, arguments
      ).map { row in
        let job = try transaction.job(row)
        let left = Double((job.machine.leaseDeadline - transaction.now).queueMilliseconds) / 1000
        return OpenJob(
          job: transaction.record(job, images: []), ownerName: row["owner_name"] ?? "",
          leaseSeconds: job.machine.isActive ? left : nil)
      }
    }
  }
}

extension QueueTransaction {
  /// Users with counts; `rest` says which, and in what order.
  fileprivate func users(_ rest: String, _ arguments: StatementArguments = []) throws -> [UserSummary] {
    try rows(
      """
      SELECT user.id, user.kind, user.created_at, user.banned, account.name, account.role, account.disabled,
        account.last_login_at,
        (SELECT count(*) FROM job WHERE job.user_id = user.id) AS jobs,
        (SELECT count(*) FROM job WHERE job.user_id = user.id
          AND state IN ('queued', 'assigned', 'running')) AS open_jobs,
        (SELECT count(*) FROM image WHERE image.user_id = user.id AND deleted = 0) AS images,
        (SELECT coalesce(sum(bytes), 0) FROM image WHERE image.user_id = user.id AND deleted = 0) AS bytes
      FROM user LEFT JOIN account ON account.user_id = user.id \(rest)
      """, arguments
    ).map { row in
      UserSummary(
        id: UserID(row["id"]), name: row["name"] ?? "", kind: UserKind(rawValue: row["kind"]) ?? .anonymous,
        role: (row["role"] as String?).flatMap(UserRole.init(rawValue:)) ?? .user,
        isDisabled: row["disabled"] ?? row["banned"], createdAt: Date(queueMilliseconds: row["created_at"]),
        lastLoginAt: (row["last_login_at"] as Int64?).map { Date(queueMilliseconds: $0) },
        jobs: row["jobs"], openJobs: row["open_jobs"], images: row["images"], imageBytes: row["bytes"])
    }
  }
}
