import GRDB
public import Generation

extension SQLiteJobStore {
  /// See `JobStore`.
  public func take(
    worker: WorkerID, models: Set<String>, modes: Set<GenerationMode>, joining company: SharedSteps?
  ) async throws(JobQueueError) -> Lease? {
    let lease = try await write { transaction -> Lease? in
      let found = try transaction.firstInTurn {
        guard models.contains($0.model), $0.notBefore <= transaction.now else { return false }
        let request = try transaction.request(of: $0)
        guard modes.isSuperset(of: request.neededModes) else { return false }
        return company == nil || SharedSteps(request) == company
      }
      guard let (candidate, tag) = found, var job = try transaction.job(number: candidate.entry.number),
        try transaction.apply(.take(worker), to: &job) == .changed
      else { return nil }
      try transaction.charge(candidate.entry, tag: tag)
      return Lease(attempt: job.attempt, id: job.id, owner: job.owner, request: job.request)
    }
    if lease != nil { Failpoint.jobTaken.reach() }
    return lease
  }

  /// See `JobStore`.
  public func resume(_ attempt: JobAttempt, worker: WorkerID) async throws(JobQueueError) -> ResumeOutcome {
    try await write { transaction in
      let (verdict, job) = try transaction.apply(.resume(attempt.attempt, worker), to: attempt)
      guard let job, verdict == .changed || verdict == .renewed else {
        let isKept = job.map { $0.machine.state == .finished && $0.machine.attempt == attempt.attempt }
        return .settled(accepted: isKept ?? false)
      }
      let lease = Lease(attempt: attempt, id: job.id, owner: job.owner, request: job.request)
      return .proceed(lease, cancelRequested: job.machine.cancelRequested)
    }
  }

  /// See `JobStore`.
  public func start(_ attempt: JobAttempt) async throws(JobQueueError) -> LeaseStatus {
    try await write { try $0.hold(.start(attempt.attempt), attempt) }
  }

  /// See `JobStore`.
  public func renew(_ attempt: JobAttempt) async throws(JobQueueError) -> LeaseStatus {
    try await write { try $0.hold(.renew(attempt.attempt), attempt) }
  }

  /// See `JobStore`.
  public func workerLost(_ worker: WorkerID) async throws(JobQueueError) -> [JobAttempt] {
    try await write { transaction in
      try transaction.applyToActive(.workerLost(worker))
    }
  }

  /// See `JobStore`.
  public func expireLeases() async throws(JobQueueError) -> [JobAttempt] {
    // The reaper asks each second: look first, so that an idle server does not write.
    let isAnyOver = try await read { transaction in
      let now = transaction.now.queueMilliseconds
      return try transaction.integer(
        """
        SELECT count(*) FROM job WHERE \(QueueTransaction.activeSQL)
          AND (lease_uptime <= ? OR attempt_uptime <= ?)
        """, [now, now]) > 0
    }
    guard isAnyOver else { return [] }
    return try await write { try $0.applyToActive(.expire) }
  }
}

extension QueueTransaction {
  fileprivate func hold(_ change: JobChange, _ attempt: JobAttempt) throws -> LeaseStatus {
    let (verdict, job) = try apply(change, to: attempt)
    guard let job, verdict == .changed || verdict == .renewed else { return .lost }
    return .held(cancelRequested: job.machine.cancelRequested)
  }

  /// Applies a change to every job that a worker has, and names those it changed.
  fileprivate func applyToActive(_ change: JobChange) throws -> [JobAttempt] {
    let active = try rows("\(JobRow.selectSQL) WHERE \(Self.activeSQL) ORDER BY number")
    var changed: [JobAttempt] = []
    for row in active {
      var job = try self.job(row)
      let attempt = job.attempt
      if try apply(change, to: &job) == .changed { changed.append(attempt) }
    }
    return changed
  }

  /// At a start of the server: every lease waits for its worker to come back.
  ///
  /// After a start of the machine the old uptimes mean nothing, so delays end and attempts count from now.
  func voidLeases(bootID: String) throws {
    if try meta("boot_id") != bootID {
      try setMeta("boot_id", bootID)
      let milliseconds = now.queueMilliseconds
      try change(
        """
        UPDATE job SET not_before_uptime = 0, started_uptime = iif(started_uptime IS NULL, NULL, ?),
          first_taken_uptime = iif(first_taken_uptime IS NULL, NULL, ?), attempt_uptime = ?
        WHERE state IN ('queued', 'assigned', 'running')
        """, [milliseconds, milliseconds, milliseconds + policy.attempt.queueMilliseconds])
    }
    _ = try applyToActive(.restart)
  }
}
