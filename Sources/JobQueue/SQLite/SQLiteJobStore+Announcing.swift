import GRDB
public import Generation

extension SQLiteJobStore {
  /// See `EventStore`.
  public func announce(_ jobs: [JobID]) async throws(JobQueueError) {
    try await write { transaction in
      for id in jobs {
        let row = try transaction.row(
          "SELECT user_id FROM job WHERE id = ? AND state = 'queued'", [id.rawValue])
        guard let row else { continue }
        try transaction.log(.job(id, .queued), owner: UserID(row["user_id"]))
      }
      return
    }
  }
}
