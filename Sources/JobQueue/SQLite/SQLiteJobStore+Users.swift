public import FoundationEssentials
import GRDB
public import Generation

extension SQLiteJobStore {
  /// See `UserStore`.
  public func ensureUser(_ id: UserID, kind: UserKind) async throws(JobQueueError) {
    try await write { try $0.ensureUser(id, kind) }
  }

  /// See `UserStore`.
  public func openSession(
    tokenSHA256: String, user: UserID, expires: Date
  ) async throws(JobQueueError) {
    try await write { transaction in
      try transaction.change(
        "INSERT INTO session (token_sha256, user_id, created_at, expires_at) VALUES (?, ?, ?, ?)",
        [tokenSHA256, user.rawValue, transaction.wall, expires.queueMilliseconds])
      return
    }
  }

  /// See `UserStore`.
  public func touchSession(tokenSHA256: String, expires: Date) async throws(JobQueueError) -> UserID? {
    try await write { transaction -> UserID? in
      let row = try transaction.row(
        "SELECT user_id, expires_at FROM session WHERE token_sha256 = ? AND expires_at > ?",
        [tokenSHA256, transaction.wall - Self.clockTolerance])
      guard let row else { return nil }
      // Once a day is enough: a write costs a sync of the disk.
      if expires.queueMilliseconds - (row["expires_at"] as Int64) > 86_400_000 {
        try transaction.change(
          "UPDATE session SET expires_at = ? WHERE token_sha256 = ?",
          [expires.queueMilliseconds, tokenSHA256])
      }
      return UserID(row["user_id"])
    }
  }

  /// See `UserStore`.
  public func closeSession(tokenSHA256: String) async throws(JobQueueError) {
    try await write { transaction in
      try transaction.change("DELETE FROM session WHERE token_sha256 = ?", [tokenSHA256])
      return
    }
  }

  /// A wall clock that was set wrong for a moment ends no session.
  static let clockTolerance: Int64 = 5 * 60 * 1000
}
