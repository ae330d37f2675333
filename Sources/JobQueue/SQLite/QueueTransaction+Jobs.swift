import FoundationEssentials
import GRDB
import Generation

extension QueueTransaction {
  /// A job by its number.
  func job(number: Int64) throws -> JobRow? {
    try row("\(JobRow.selectSQL) WHERE number = ?", [number]).map { try job($0) }
  }

  /// A job by its name, if it is this owner's.
  func job(id: JobID, owner: UserID) throws -> JobRow? {
    try row("\(JobRow.selectSQL) WHERE id = ? AND user_id = ?", [id.rawValue, owner.rawValue])
      .map { try job($0) }
  }

  /// Reads a row of `JobRow.selectSQL`; what an unfinished one is to make, only once.
  func job(_ row: Row) throws -> JobRow {
    try JobRow(row: row) { number, state, text in
      let read = { try JobRow.decode(GenerationRequest.self, text, "job.request") }
      return state.isTerminal ? try read() : try requests.request(of: number, read: read)
    }
  }

  /// Applies a change to the job of an attempt; `.refused` when there is no such job.
  func apply(_ change: JobChange, to attempt: JobAttempt) throws -> (verdict: JobVerdict, job: JobRow?) {
    guard let number = Int64(exactly: attempt.job), var job = try job(number: number) else {
      return (.refused, nil)
    }
    let verdict = try apply(change, to: &job)
    return (verdict, job)
  }

  /// Applies a change, writes what it did and logs it for the owner.
  func apply(_ change: JobChange, to job: inout JobRow) throws -> JobVerdict {
    let before = job.machine
    let verdict = job.machine.apply(change, now: now, policy: policy)
    switch verdict {
    case .duplicate, .refused: return verdict
    case .renewed: try write(&job, from: before)
    case .changed:
      try write(&job, from: before)
      if before.isActive, job.machine.state == .queued { try refund(job) }
      if before.state == .queued, job.machine.state == .running { try chargeAgain(job) }
      try log(.job(job.id, job.machine.state), owner: job.owner)
    }
    return verdict
  }

  /// Writes a machine over the one it came from, or nothing: `changes()` must be 1.
  private func write(_ job: inout JobRow, from before: JobMachine) throws {
    let machine = job.machine
    if machine.attempt != before.attempt {
      job.startedAt = Date(queueMilliseconds: wall)
      job.startedUptime = now
    }
    if machine.state.isTerminal { job.finishedAt = Date(queueMilliseconds: wall) }
    let changes = try change(
      Self.updateSQL,
      [
        machine.state.rawValue, machine.attempt, machine.failureCount, machine.crashCount,
        machine.rescueCount, machine.cancelRequested, machine.worker?.rawValue,
        try machine.error.map { try JobRow.encode($0, "job.error") }, machine.isAttemptOpen,
        machine.isCrashProvisional, machine.isLeaseVoid, machine.leaseDeadline.queueMilliseconds,
        machine.attemptDeadline.queueMilliseconds, machine.firstTaken?.queueMilliseconds,
        machine.notBefore.queueMilliseconds, job.startedUptime?.queueMilliseconds,
        job.startedAt?.queueMilliseconds, job.finishedAt?.queueMilliseconds, job.number,
        before.state.rawValue, before.attempt,
      ])
    guard changes == 1 else {
      throw JobQueueError.storage(code: 0, message: "a job changed under its own transaction")
    }
  }

  private static let updateSQL = """
    UPDATE job SET state = ?, attempt = ?, failure_count = ?, crash_count = ?, rescue_count = ?,
      cancel_requested = ?, worker_id = ?, error = ?, attempt_open = ?, crash_provisional = ?, lease_void = ?,
      lease_uptime = ?, attempt_uptime = ?, first_taken_uptime = ?, not_before_uptime = ?, started_uptime = ?,
      started_at = ?, finished_at = ?
    WHERE number = ? AND state = ? AND attempt = ?
    """

  /// A job that is queued again was charged to its user when it was taken; without this it would lose its turn.
  private func refund(_ job: JobRow) throws {
    try change(
      "UPDATE user SET virtual_time = max(0, virtual_time - ?) WHERE id = ?",
      [job.cost, job.owner.rawValue])
  }

  /// A worker came back with what was refunded when its link was lost.
  private func chargeAgain(_ job: JobRow) throws {
    try change(
      "UPDATE user SET virtual_time = virtual_time + ? WHERE id = ? AND virtual_time <= ?",
      [job.cost, job.owner.rawValue, Int64.max - job.cost])
  }

  /// The job as others see it, with its pictures.
  func record(_ job: JobRow) throws -> JobRecord {
    record(job, images: try images(of: job))
  }

  /// The same with these pictures, for those who show none.
  func record(_ job: JobRow, images: [ImageRecord]) -> JobRecord {
    JobRecord(
      number: UInt64(job.number), id: job.id, owner: job.owner, state: job.machine.state,
      request: job.request, attempt: job.machine.attempt, crashCount: job.machine.crashCount,
      rescueCount: job.machine.rescueCount, cancelRequested: job.machine.cancelRequested,
      worker: job.machine.state == .queued ? nil : job.machine.worker, error: job.machine.error,
      createdAt: job.createdAt, startedAt: job.startedAt, finishedAt: job.finishedAt, cell: job.cell,
      images: images)
  }

  private func images(of job: JobRow) throws -> [ImageRecord] {
    guard job.machine.attempt > 0 else { return [] }
    return try rows(
      "\(ImageRecord.selectSQL) WHERE image.job_number = ? AND image.deleted = 0 ORDER BY image.idx",
      [job.number]
    ).map(ImageRecord.init(row:))
  }
}
