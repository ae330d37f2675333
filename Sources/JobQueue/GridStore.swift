public import Generation

/// Grids of experiments: jobs that come in together, are looked at together and end together.
///
/// Each is a job like any other to workers; what a grid adds is that its owner can name them all.
public protocol GridStore: Sendable {
  /// Appends all jobs of a grid or none, or finds the grid that an earlier request with the same key made.
  ///
  /// - Throws: `JobQueueError.tooManyJobs` when the user would have more unfinished cells than
  ///   `QueuePolicy.cellsPerUser`, `.queueFull` when the server would have too many jobs.
  func submit(_ submission: GridSubmission) async throws(JobQueueError) -> SubmissionOutcome<GridRecord>

  /// One grid, or nil when this owner has none of that name.
  func grid(_ id: GridID, owner: UserID) async throws(JobQueueError) -> GridRecord?

  /// The owner's newest grids, newest first, `limit` at most.
  func grids(owner: UserID, limit: Int) async throws(JobQueueError) -> [GridRecord]

  /// Ends what is queued at once and asks for the running ones' end; nil when this owner has none of that name.
  func cancel(_ id: GridID, owner: UserID) async throws(JobQueueError) -> GridRecord?
}
