public import FoundationEssentials
import GRDB
public import Generation

extension SQLiteJobStore {
  /// See `UserStore`.
  public func ensureUser(_ id: UserID, kind: UserKind) async throws(JobQueueError) {
    try await write { try $0.ensureUser(id, kind) }
  }

  /// See `UserStore`.
  public func isKnown(_ id: UserID) async throws(JobQueueError) -> Bool {
    try await read { try $0.integer("SELECT count(*) FROM user WHERE id = ?", [id.rawValue]) > 0 }
  }

  /// See `UserStore`.
  public func touchSession(
    tokenSHA256: String, expires: Date
  ) async throws(JobQueueError) -> AccountRecord? {
    let found = try await read { transaction -> (AccountRecord, isStale: Bool)? in
      let row = try transaction.row(
        """
        SELECT \(AccountRecord.columnsSQL), session.expires_at FROM session
          JOIN account ON account.user_id = session.user_id JOIN user ON user.id = account.user_id
        WHERE token_sha256 = ? AND disabled = 0 AND session.expires_at > ? AND session.created_at > ?
        """,
        [
          tokenSHA256, transaction.wall - Self.clockTolerance,
          transaction.wall - Self.longestSession - Self.clockTolerance,
        ])
      guard let row else { return nil }
      // Once a day is enough: a write costs a sync of the disk.
      return (
        try AccountRecord(row: row), expires.queueMilliseconds - (row["expires_at"] as Int64) > 86_400_000
      )
    }
    guard let (account, isStale) = found else { return nil }
    // A damaged database keeps its sessions as they are.
    if isStale, damage == nil {
      try await write { transaction in
        try transaction.change(
          "UPDATE session SET expires_at = max(expires_at, ?) WHERE token_sha256 = ?",
          [expires.queueMilliseconds, tokenSHA256])
        return
      }
    }
    return account
  }

  /// See `UserStore`.
  public func closeSession(tokenSHA256: String) async throws(JobQueueError) {
    try await write { transaction in
      try transaction.change("DELETE FROM session WHERE token_sha256 = ?", [tokenSHA256])
      return
    }
  }

  /// See `AccountStore`.
  public func closeSessions(of id: UserID) async throws(JobQueueError) {
    try await write { try $0.closeSessions(of: id) }
  }

  /// A wall clock that was set wrong for a moment ends no session.
  static let clockTolerance: Int64 = 5 * 60 * 1000
  /// However often it is used, a session ends a year after its log-in.
  static let longestSession: Int64 = 365 * 86_400_000
}

extension QueueTransaction {
  /// Opens a session for a user.
  func openSession(_ tokenSHA256: String, user: UserID, expires: Date) throws {
    try change(
      "INSERT INTO session (token_sha256, user_id, created_at, expires_at) VALUES (?, ?, ?, ?)",
      [tokenSHA256, user.rawValue, wall, expires.queueMilliseconds])
  }

  /// Ends every session of a user.
  func closeSessions(of user: UserID) throws {
    try change("DELETE FROM session WHERE user_id = ?", [user.rawValue])
  }
}
