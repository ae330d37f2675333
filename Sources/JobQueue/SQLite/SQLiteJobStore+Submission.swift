import FoundationEssentials
import GRDB
public import Generation

extension SQLiteJobStore {
  /// See `JobStore`.
  public func submit(_ submission: JobSubmission) async throws(JobQueueError) -> SubmissionOutcome<JobRecord>
  {
    try await write { transaction in
      try transaction.ensureUser(submission.owner, submission.ownerKind)
      if let key = submission.idempotencyKey,
        let earlier = try transaction.earlier(key, owner: submission.owner)
      {
        return earlier
      }
      try transaction.checkQuota(submission.owner)
      return .created(try transaction.insert(submission))
    }
  }

  /// See `JobStore`.
  public func cancel(_ id: JobID, owner: UserID) async throws(JobQueueError) -> CancelOutcome? {
    try await write { transaction -> CancelOutcome? in
      guard var job = try transaction.job(id: id, owner: owner) else { return nil }
      let verdict = try transaction.apply(.cancel, to: &job)
      let record = try transaction.record(job)
      if verdict == .refused { return .alreadyOver(record) }
      return record.state == .cancelled ? .cancelled(record) : .requested(record)
    }
  }
}

extension QueueTransaction {
  /// What an earlier request with the same key made; nil for the first.
  func earlier(
    _ key: JobSubmission.IdempotencyKey, owner: UserID
  ) throws -> SubmissionOutcome<JobRecord>? {
    let oldest = wall - policy.idempotencyKeys.queueMilliseconds
    let found = try row(
      "SELECT fingerprint, job_number FROM idempotency WHERE user_id = ? AND key = ? AND created_at > ?",
      [owner.rawValue, key.key, oldest])
    guard let found else {
      // One that is too old and not purged yet.
      try change("DELETE FROM idempotency WHERE user_id = ? AND key = ?", [owner.rawValue, key.key])
      return nil
    }
    guard found["fingerprint"] == key.fingerprint else { return .conflict }
    guard let job = try job(number: found["job_number"]) else {
      throw JobQueueError.unreadable(column: "idempotency.job_number")
    }
    return .same(try record(job))
  }

  fileprivate func checkQuota(_ owner: UserID) throws {
    let own = try integer(
      "SELECT count(*) FROM job WHERE user_id = ? AND grid_id IS NULL AND \(Self.openSQL)",
      [owner.rawValue])
    guard own < policy.jobsPerUser else { throw JobQueueError.tooManyJobs(limit: policy.jobsPerUser) }
    let all = try integer("SELECT count(*) FROM job WHERE \(Self.openSQL)")
    guard all < policy.jobsTotal else { throw JobQueueError.queueFull(limit: policy.jobsTotal) }
  }

  /// Appends one job.
  /// - Parameter cell: Its place in a grid; nil when it comes alone.
  func insert(_ submission: JobSubmission, cell: JobCell? = nil) throws -> JobRecord {
    let id = JobID(ids.next())
    let owner = submission.owner.rawValue
    let request = submission.request
    let cost = FairOrder.cost(of: request)
    try change(
      """
      INSERT INTO job (id, user_id, request, model, cost, state, created_at, grid_id, grid_place)
      VALUES (?, ?, ?, ?, ?, 'queued', ?, ?, ?)
      """,
      [
        id.rawValue, owner, try JobRow.encode(request, "job.request"), request.model,
        cost, wall, cell?.grid.rawValue, cell?.place,
      ])
    let number = db.lastInsertedRowID
    if let key = submission.idempotencyKey {
      try change(
        "INSERT INTO idempotency (user_id, key, fingerprint, job_number, created_at) VALUES (?, ?, ?, ?, ?)",
        [owner, key.key, key.fingerprint, number, wall])
    }
    requests.remember(number, request)
    try log(.job(id, .queued), owner: submission.owner)
    return record(
      JobRow(
        number: number, id: id, submission, cost: cost, createdAt: Date(queueMilliseconds: wall), cell: cell),
      images: [])
  }
}
