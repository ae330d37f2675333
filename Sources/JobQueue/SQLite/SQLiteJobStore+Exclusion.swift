import GRDB
public import Generation

extension SQLiteJobStore {
  /// See `AccountStore`.
  public func setBanned(
    _ id: UserID, _ isBanned: Bool, by actor: AuditActor
  ) async throws(JobQueueError) -> Bool {
    try await write { transaction in
      let changes = try transaction.change(
        "UPDATE user SET banned = ? WHERE id = ? AND kind = 'anonymous'", [isBanned, id.rawValue])
      guard changes == 1 else { return false }
      try transaction.audit(isBanned ? "user.ban" : "user.unban", subject: id.rawValue, detail: "", by: actor)
      return true
    }
  }

  /// See `AccountStore`.
  public func bannedUsers() async throws(JobQueueError) -> Set<UserID> {
    try await read { transaction in
      Set(try transaction.rows("SELECT id FROM user WHERE banned = 1").map { UserID($0["id"]) })
    }
  }

  /// See `AccountStore`.
  public func endedCredentials(
    sessions: [String], tokens: [String]
  ) async throws(JobQueueError) -> (sessions: Set<String>, tokens: Set<String>) {
    try await read { transaction in
      let ended = try sessions.filter { try !transaction.isSessionAlive($0) }
      let over = try tokens.filter { try !transaction.isTokenAlive($0) }
      return (Set(ended), Set(over))
    }
  }
}

extension QueueTransaction {
  /// The same condition as `touchSession`'s.
  fileprivate func isSessionAlive(_ tokenSHA256: String) throws -> Bool {
    try integer(
      """
      SELECT count(*) FROM session JOIN account ON account.user_id = session.user_id
      WHERE token_sha256 = ? AND disabled = 0 AND session.expires_at > ? AND session.created_at > ?
      """,
      [
        tokenSHA256, wall - SQLiteJobStore.clockTolerance,
        wall - SQLiteJobStore.longestSession - SQLiteJobStore.clockTolerance,
      ]) > 0
  }

  /// The same condition as `useToken`'s.
  fileprivate func isTokenAlive(_ id: String) throws -> Bool {
    try integer(
      """
      SELECT count(*) FROM api_token JOIN account ON account.user_id = api_token.user_id
      WHERE api_token.id = ? AND disabled = 0 AND (expires_at IS NULL OR expires_at > ?)
      """, [id, wall - SQLiteJobStore.clockTolerance]) > 0
  }
}
