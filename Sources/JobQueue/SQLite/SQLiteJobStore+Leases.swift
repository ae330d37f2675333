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
        // Where one took a worker down, the others at work there went with it.
        return company == nil || !$0.hasCrashed && SharedSteps(request) == company
      }
      guard let (candidate, tag) = found, var job = try transaction.job(number: candidate.entry.number),
        try transaction.apply(.take(worker), to: &job) == .changed
      else { return nil }
      try transaction.charge(candidate.entry, tag: tag)
      return Lease(job, attempt: job.attempt)
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
      return .proceed(Lease(job, attempt: attempt), cancelRequested: job.machine.cancelRequested)
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
      // What it took last was on its device: a job whose pictures it was saving did not take it down.
      let suspect = try transaction.integer(
        """
        SELECT number FROM job WHERE \(QueueTransaction.activeSQL) AND worker_id = ?
        ORDER BY started_uptime DESC, number DESC LIMIT 1
        """, [worker.rawValue])
      return try transaction.applyToActive { .workerLost(worker, isSuspect: $0.number == suspect) }
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
    return try await write { try $0.applyToActive { _ in .expire } }
  }
}

extension Lease {
  fileprivate init(_ job: JobRow, attempt: JobAttempt) {
    self.init(
      attempt: attempt, id: job.id, owner: job.owner, request: job.request,
      hasCrashed: job.machine.crashCount > 0)
  }
}

extension QueueTransaction {
  fileprivate func hold(_ change: JobChange, _ attempt: JobAttempt) throws -> LeaseStatus {
    let (verdict, job) = try apply(change, to: attempt)
    guard let job, verdict == .changed || verdict == .renewed else { return .lost }
    return .held(cancelRequested: job.machine.cancelRequested)
  }

  /// Applies a change to every job that a worker has, and names those it changed.
  fileprivate func applyToActive(_ change: (JobRow) -> JobChange) throws -> [JobAttempt] {
    let active = try rows("\(JobRow.selectSQL) WHERE \(Self.activeSQL) ORDER BY number")
    var changed: [JobAttempt] = []
    for row in active {
      var job = try self.job(row)
      let attempt = job.attempt
      if try apply(change(job), to: &job) == .changed { changed.append(attempt) }
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
    _ = try applyToActive { _ in .restart }
  }
}
