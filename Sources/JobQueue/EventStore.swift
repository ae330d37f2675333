public import Generation

/// Everybody's log of what happened, numbered without gaps per user.
public protocol EventStore: Sendable {
  /// The owner's events after `since`, oldest first.
  ///
  /// - Returns: `.gap` when some of them were trimmed or `since` is not a number this log has reached; the
  ///   client then reads everything anew.
  func events(owner: UserID, since: Int64, limit: Int) async throws(JobQueueError) -> EventReplay

  /// The number of the owner's newest event; 0 when there is none.
  func lastSequence(owner: UserID) async throws(JobQueueError) -> Int64

  /// Logs an event for each of these jobs that still waits, because its place in the queue changed.
  func announce(_ jobs: [JobID]) async throws(JobQueueError)
}
