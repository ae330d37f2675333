import GRDB
public import Generation

extension SQLiteJobStore {
  /// See `JobStore`.
  public func requeue(_ id: JobID) async throws(JobQueueError) -> InterventionOutcome {
    try await write { try $0.intervene(id, .takeBack) }
  }

  /// See `JobStore`.
  public func abort(_ id: JobID, _ error: UserError) async throws(JobQueueError) -> InterventionOutcome {
    try await write { try $0.intervene(id, .abort(error)) }
  }

  /// See `JobStore`.
  public func modelsGone(_ models: Set<String>) async throws(JobQueueError) -> [JobID] {
    try await write { transaction in
      var ended: [JobID] = []
      for waiting in try transaction.waitingJobs() where models.contains(waiting.model) {
        guard var job = try transaction.job(number: waiting.entry.number) else { continue }
        let change = JobChange.abort(.modelMissing(waiting.model))
        if try transaction.apply(change, to: &job) == .changed { ended.append(job.id) }
      }
      return ended
    }
  }
}

extension QueueTransaction {
  /// Applies an admin's change to a job whoever owns it.
  fileprivate func intervene(_ id: JobID, _ change: JobChange) throws -> InterventionOutcome {
    let found = try row("\(JobRow.selectSQL) WHERE id = ?", [id.rawValue])
    guard var job = try found.map({ try self.job($0) }) else { return .unknown }
    let attempt = job.machine.isActive ? job.attempt : nil
    guard try apply(change, to: &job) != .refused else { return .alreadyOver }
    return .done(takenBack: attempt)
  }
}
