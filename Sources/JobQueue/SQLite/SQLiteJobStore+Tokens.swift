import GRDB
public import Generation

extension SQLiteJobStore {
  /// When a token was used is kept to the hour: a write costs a sync of the disk.
  private static let useResolution: Int64 = 3_600_000

  /// See `AccountStore`.
  public func createToken(_ token: NewToken, limit: Int) async throws(JobQueueError) -> TokenRecord? {
    try await write { transaction -> TokenRecord? in
      let owner = token.owner.rawValue
      let count = try transaction.integer("SELECT count(*) FROM api_token WHERE user_id = ?", [owner])
      guard count < limit else { return nil }
      let id = transaction.ids.next()
      try transaction.change(
        """
        INSERT INTO api_token (id, user_id, name, scopes, secret_sha256, created_at, expires_at)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        """,
        [
          id, owner, token.name, token.scopes.map(\.rawValue).sorted().joined(separator: " "),
          token.secretSHA256, transaction.wall, token.expiresAt?.queueMilliseconds,
        ])
      return try transaction.row("SELECT * FROM api_token WHERE id = ?", [id]).map(TokenRecord.init(row:))
    }
  }

  /// See `AccountStore`.
  public func tokens(of id: UserID) async throws(JobQueueError) -> [TokenRecord] {
    try await read { transaction in
      try transaction.rows(
        "SELECT * FROM api_token WHERE user_id = ? ORDER BY created_at, id", [id.rawValue]
      ).map(TokenRecord.init(row:))
    }
  }

  /// See `AccountStore`.
  public func deleteToken(_ id: String, owner: UserID) async throws(JobQueueError) -> Bool {
    try await write { transaction in
      try transaction.change("DELETE FROM api_token WHERE id = ? AND user_id = ?", [id, owner.rawValue]) == 1
    }
  }

  /// See `AccountStore`.
  public func useToken(
    secretSHA256: String
  ) async throws(JobQueueError) -> (token: TokenRecord, owner: AccountRecord)? {
    let found = try await read { transaction -> (token: TokenRecord, owner: AccountRecord, wall: Int64)? in
      let row = try transaction.row(
        "SELECT * FROM api_token WHERE secret_sha256 = ? AND (expires_at IS NULL OR expires_at > ?)",
        [secretSHA256, transaction.wall - Self.clockTolerance])
      guard let token = try row.map(TokenRecord.init(row:)),
        let owner = try transaction.account(token.owner)?.record, !owner.isDisabled
      else { return nil }
      return (token, owner, transaction.wall)
    }
    guard let found else { return nil }
    if damage == nil, found.wall - (found.token.lastUsedAt?.queueMilliseconds ?? 0) > Self.useResolution {
      try await write { transaction in
        try transaction.change(
          "UPDATE api_token SET last_used_at = ? WHERE id = ?", [transaction.wall, found.token.id])
        return
      }
    }
    return (found.token, found.owner)
  }
}
