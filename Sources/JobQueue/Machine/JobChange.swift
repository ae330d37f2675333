import Generation

/// Something that happens to a job.
enum JobChange: Equatable, Sendable {
  /// A worker asks for work and this is the next job.
  case take(WorkerID)
  /// A worker that connected again says it holds this attempt.
  case resume(UInt32, WorkerID)
  /// A worker began the attempt.
  case start(UInt32)
  /// A worker made progress with the attempt.
  case renew(UInt32)
  /// Every picture of the attempt is stored.
  case finish(UInt32)
  /// The attempt failed.
  case fail(UInt32, UserError, retryable: Bool)
  /// The owner wants its end.
  case cancel
  /// The worker stopped the attempt.
  case confirmCancel(UInt32)
  /// The worker's link is gone; `isSuspect`: this was the job that the worker's device worked for.
  case workerLost(WorkerID, isSuspect: Bool = true)
  /// The reaper looks whether a deadline passed.
  case expire
  /// An admin wants it queued again, now.
  case takeBack
  /// An admin ends it.
  case abort(UserError)
  /// The server started anew.
  case restart
}
