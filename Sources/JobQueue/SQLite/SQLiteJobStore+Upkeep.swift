import GRDB
import Generation
import Synchronization

extension SQLiteJobStore {
  /// See `JobStore`.
  public func recordTiming(_ timing: Timing) async throws(JobQueueError) {
    guard timing.evaluations > 0, timing.seconds.isFinite, timing.seconds > 0 else { return }
    try await write { transaction in
      let request = timing.request
      // The newest job counts for a third, so that one slow job does not spoil every estimate.
      try transaction.change(
        """
        INSERT INTO timing (worker_id, model, sampler, width, height, seconds_per_evaluation, updated_at)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (worker_id, model, sampler, width, height) DO UPDATE SET
          seconds_per_evaluation = (2 * seconds_per_evaluation + excluded.seconds_per_evaluation) / 3,
          updated_at = excluded.updated_at
        """,
        [
          timing.worker.rawValue, request.model, request.sampler, request.width, request.height,
          timing.seconds / Double(timing.evaluations), transaction.wall,
        ])
      return
    }
  }

  /// Commits that are worth a checkpoint.
  private static let worthwhile = 64

  /// See `JobStore`.
  ///
  /// Writes the log back into the file: whoever makes the commit that must do it waits for some 20 ms more.
  public func useQuietMoment() async throws(JobQueueError) {
    guard damage == nil else { return }
    let now = changes.withLock { $0 }
    let isDue = quiet.withLock { quiet in
      let isQuiet = quiet.seen == now
      quiet.seen = now
      guard isQuiet, now - quiet.checkpointed >= Self.worthwhile else { return false }
      quiet.checkpointed = now
      return true
    }
    guard isDue else { return }
    try await onConnection { _ = try $0.checkpoint(.passive) }
  }

  /// See `JobStore`.
  public func purge() async throws(JobQueueError) {
    try await write { transaction in
      let policy = transaction.policy
      try transaction.change(
        "DELETE FROM idempotency WHERE created_at <= ?",
        [transaction.wall - policy.idempotencyKeys.queueMilliseconds])
      try transaction.change(
        "DELETE FROM session WHERE expires_at <= ?", [transaction.wall - Self.clockTolerance])
      // For a week an admin sees what became of an invitation.
      try transaction.change(
        "DELETE FROM invitation WHERE expires_at <= ?", [transaction.wall - 7 * 86_400_000])
      try transaction.change(
        "DELETE FROM event WHERE seq <= (SELECT last_seq FROM user WHERE user.id = event.user_id) - ?",
        [policy.eventsPerUser])
      try transaction.change(
        "DELETE FROM grid WHERE NOT EXISTS (SELECT 1 FROM job WHERE job.grid_id = grid.id)")
      // Workers and sizes nobody used for 90 days say nothing about today.
      try transaction.change("DELETE FROM timing WHERE updated_at < ?", [transaction.wall - 90 * 86_400_000])
      return
    }
  }
}

extension QueueTransaction {
  /// What was measured so far.
  func timingTable() throws -> TimingTable {
    TimingTable(
      try rows("SELECT worker_id, model, sampler, width, height, seconds_per_evaluation FROM timing").map {
        row in
        TimingTable.Entry(
          worker: WorkerID(row["worker_id"]), model: row["model"], sampler: row["sampler"],
          pixels: (row["width"] as Int) * (row["height"] as Int),
          secondsPerEvaluation: row["seconds_per_evaluation"])
      })
  }
}
