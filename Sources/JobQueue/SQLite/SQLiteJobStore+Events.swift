import GRDB
public import Generation

extension SQLiteJobStore {
  /// See `EventStore`.
  public func events(
    owner: UserID, since: Int64, limit: Int
  ) async throws(JobQueueError) -> EventReplay {
    try await read { transaction in
      let last = try transaction.lastSequence(owner)
      guard since >= 0, since <= last else { return .gap(last: last) }
      let events = try transaction.rows(
        "SELECT * FROM event WHERE user_id = ? AND seq > ? ORDER BY seq LIMIT ?",
        [owner.rawValue, since, max(1, limit)]
      ).map { try QueueEvent(row: $0) }
      let isWhole = events.first.map { $0.sequence == since + 1 } ?? (since == last)
      return isWhole ? .events(events) : .gap(last: last)
    }
  }

  /// See `EventStore`.
  public func lastSequence(owner: UserID) async throws(JobQueueError) -> Int64 {
    try await read { try $0.lastSequence(owner) }
  }
}

extension QueueTransaction {
  fileprivate func lastSequence(_ owner: UserID) throws -> Int64 {
    try integer("SELECT last_seq FROM user WHERE id = ?", [owner.rawValue])
  }
}
