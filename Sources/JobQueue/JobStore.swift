public import Generation

/// The durable queue: jobs, their leases, their pictures' rows and everybody's event log.
///
/// One conformance suite describes it; SQLite is the embedded implementation. Every change is one
/// transaction that also writes the event rows, so what a user is told is never more than what is stored.
/// Every read names the owner, and another owner's thing is simply not there.
public protocol JobStore: GalleryStore, GridStore, EventStore, UserStore, AccountStore {
  /// Appends a job, or finds the one an earlier request with the same key made.
  ///
  /// - Throws: `JobQueueError.tooManyJobs` when the user or the server has enough unfinished jobs.
  func submit(_ submission: JobSubmission) async throws(JobQueueError) -> SubmissionOutcome<JobRecord>

  /// One job, or nil when this owner has none of that name.
  func job(_ id: JobID, owner: UserID) async throws(JobQueueError) -> JobRecord?

  /// The owner's jobs, newest first.
  func jobs(owner: UserID, page: JobPage) async throws(JobQueueError) -> [JobRecord]

  /// Ends a queued job at once, asks for a running one's end; nil when this owner has none of that name.
  func cancel(_ id: JobID, owner: UserID) async throws(JobQueueError) -> CancelOutcome?

  /// What waits and what runs, and each waiting job's place and expected start.
  ///
  /// - Parameter workers: the workers that can take jobs, for the estimate; none gives no estimates.
  func overview(workers: [QueueWorker]) async throws(JobQueueError) -> QueueOverview

  /// Leases the next job this worker can run: first come first served within a user, in turns between users.
  ///
  /// - Parameters:
  ///   - modes: what the worker understands; jobs that need more are left to others.
  ///   - company: of a worker that joins another's steps, what its job must share; nil for one that takes any.
  func take(
    worker: WorkerID, models: Set<String>, modes: Set<GenerationMode>, joining company: SharedSteps?
  ) async throws(JobQueueError) -> Lease?

  /// Gives a reconnecting worker its attempt back, if nobody else was given the job since.
  func resume(_ attempt: JobAttempt, worker: WorkerID) async throws(JobQueueError) -> ResumeOutcome

  /// The worker began: `assigned` becomes `running`. Also renews the lease.
  func start(_ attempt: JobAttempt) async throws(JobQueueError) -> LeaseStatus

  /// The worker made progress: the lease lasts another `QueuePolicy.lease`.
  func renew(_ attempt: JobAttempt) async throws(JobQueueError) -> LeaseStatus

  /// Commits one picture whose file is durable, and announces it.
  func storeImage(_ image: NewImage, for attempt: JobAttempt) async throws(JobQueueError) -> StoreImageOutcome

  /// Every picture is stored: the job is finished.
  ///
  /// Refused with `.incomplete` while an index has no row, so that a finished job always has all its pictures.
  func finish(_ attempt: JobAttempt) async throws(JobQueueError) -> SettleOutcome

  /// The attempt failed: queued again after a delay if `retryable` and attempts are left, else failed.
  func fail(_ attempt: JobAttempt, _ error: UserError, retryable: Bool) async throws(JobQueueError)
    -> SettleOutcome

  /// The worker stopped the attempt as asked.
  func confirmCancel(_ attempt: JobAttempt) async throws(JobQueueError) -> SettleOutcome

  /// The worker's link is gone: what it held is queued again at its old place.
  ///
  /// - Returns: the attempts that were taken back.
  func workerLost(_ worker: WorkerID) async throws(JobQueueError) -> [JobAttempt]

  /// No worker has these models any more: jobs that wait for them fail, instead of waiting for ever.
  ///
  /// - Returns: the jobs it ended.
  func modelsGone(_ models: Set<String>) async throws(JobQueueError) -> [JobID]

  /// Takes back every attempt whose lease or whose time is over.
  ///
  /// - Returns: the attempts that were taken back.
  func expireLeases() async throws(JobQueueError) -> [JobAttempt]

  /// Takes an unfinished job back from whoever has it and lets it be taken at once, at its old place.
  ///
  /// For admins, who need not own it; nothing is counted against the job.
  func requeue(_ id: JobID) async throws(JobQueueError) -> InterventionOutcome

  /// Ends an unfinished job with an error its owner reads; for admins, who need not own it.
  func abort(_ id: JobID, _ error: UserError) async throws(JobQueueError) -> InterventionOutcome

  /// Remembers how fast a worker was, for estimates.
  func recordTiming(_ timing: Timing) async throws(JobQueueError)

  /// Forgets idempotency keys, expired sessions and old events.
  func purge() async throws(JobQueueError)

  /// Does what can wait for a moment without changes, if this is one; to be called each second.
  func useQuietMoment() async throws(JobQueueError)

  /// Forgets what users need not be kept any longer, favourites excepted; files go with the next sweep.
  ///
  /// One call does a part, so that nobody waits for it: call again while something was forgotten.
  func retire(_ policy: RetentionPolicy) async throws(JobQueueError) -> RetiredCount

  /// Calls `observer` after each commit with what it logged, in order, until the store closes.
  ///
  /// The observer runs on the store's own thread and must only hand the events on.
  func observe(_ observer: @escaping @Sendable ([QueueEvent]) -> Void)
}

extension JobStore {
  /// Leases the next job this worker can run.
  public func take(
    worker: WorkerID, models: Set<String>, modes: Set<GenerationMode>
  ) async throws(JobQueueError) -> Lease? {
    try await take(worker: worker, models: models, modes: modes, joining: nil)
  }

  /// Leases the next job whatever its mode.
  public func take(worker: WorkerID, models: Set<String>) async throws(JobQueueError) -> Lease? {
    try await take(worker: worker, models: models, modes: Set(GenerationMode.allCases))
  }
}
