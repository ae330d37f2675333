import FoundationEssentials
import GRDB
public import Generation

extension SQLiteJobStore {
  /// See `JobStore`.
  public func storeImage(
    _ image: NewImage, for attempt: JobAttempt
  ) async throws(JobQueueError) -> StoreImageOutcome {
    try await write(committed: .imageCommitted) { transaction in
      // Storing is a sign of life, and it says whether the attempt still counts.
      let (verdict, job) = try transaction.apply(.renew(attempt.attempt), to: attempt)
      guard let job, verdict == .renewed, (0..<job.request.batchCount).contains(image.index) else {
        return .lost
      }
      let outcome = try transaction.store(image, of: job)
      Failpoint.imageWritten.reach()
      return outcome
    }
  }

  /// See `JobStore`.
  public func finish(_ attempt: JobAttempt) async throws(JobQueueError) -> SettleOutcome {
    try await write(committed: .endCommitted) { transaction in
      if let number = Int64(exactly: attempt.job), let job = try transaction.job(number: number),
        job.machine.isActive, job.machine.attempt == attempt.attempt
      {
        let missing = try transaction.missingImages(of: job)
        guard missing.isEmpty else { return .incomplete(missing: missing) }
      }
      let outcome = try transaction.settle(.finish(attempt.attempt), attempt)
      Failpoint.endWritten.reach()
      return outcome
    }
  }

  /// See `JobStore`.
  public func fail(
    _ attempt: JobAttempt, _ error: UserError, retryable: Bool
  ) async throws(JobQueueError) -> SettleOutcome {
    try await write { transaction in
      try transaction.settle(.fail(attempt.attempt, error, retryable: retryable), attempt)
    }
  }

  /// See `JobStore`.
  public func confirmCancel(_ attempt: JobAttempt) async throws(JobQueueError) -> SettleOutcome {
    try await write { try $0.settle(.confirmCancel(attempt.attempt), attempt) }
  }
}

extension QueueTransaction {
  fileprivate func settle(_ change: JobChange, _ attempt: JobAttempt) throws -> SettleOutcome {
    let (verdict, job) = try apply(change, to: attempt)
    guard let job else { return .lost }
    switch verdict {
    case .changed, .renewed: return .settled(job.machine.state)
    case .duplicate: return .duplicate
    case .refused: return .lost
    }
  }

  /// Indices without a row; a picture its owner deleted has one.
  fileprivate func missingImages(of job: JobRow) throws -> [Int] {
    let stored = Set(
      try Int.fetchAll(
        db.cachedStatement(sql: "SELECT idx FROM image WHERE job_number = ?"), arguments: [job.number]))
    return (0..<job.request.batchCount).filter { !stored.contains($0) }
  }

  /// A picture of an earlier attempt keeps its name; its row is written anew only when the bytes differ.
  fileprivate func store(_ image: NewImage, of job: JobRow) throws -> StoreImageOutcome {
    let row = try row(
      """
      INSERT INTO image
        (id, job_number, user_id, idx, seed, width, height, sha256, bytes, has_thumbnail, flagged, created_at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (job_number, idx) DO UPDATE SET seed = excluded.seed, width = excluded.width,
        height = excluded.height, sha256 = excluded.sha256, bytes = excluded.bytes,
        has_thumbnail = excluded.has_thumbnail, flagged = excluded.flagged
      WHERE deleted = 0 AND (sha256 <> excluded.sha256 OR has_thumbnail < excluded.has_thumbnail)
      RETURNING id, favourite, created_at
      """,
      [
        ids.next(), job.number, job.owner.rawValue, image.index, image.seed, image.width, image.height,
        image.sha256, image.bytes, image.hasThumbnail, image.isFlagged, wall,
      ])
    guard let row else { return .duplicate }
    let record = ImageRecord(
      id: ImageID(row[0]), job: job.id, owner: job.owner, index: image.index, seed: image.seed,
      width: image.width,
      height: image.height, sha256: image.sha256, bytes: image.bytes, hasThumbnail: image.hasThumbnail,
      favourite: row[1], isFlagged: image.isFlagged, createdAt: Date(queueMilliseconds: row[2]))
    try log(.image(record.id, job: job.id), owner: job.owner)
    return .stored(record)
  }
}
