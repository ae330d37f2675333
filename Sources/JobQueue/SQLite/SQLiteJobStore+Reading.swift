import GRDB
public import Generation
import Synchronization

extension SQLiteJobStore {
  /// See `JobStore`.
  public func job(_ id: JobID, owner: UserID) async throws(JobQueueError) -> JobRecord? {
    try await read { transaction -> JobRecord? in
      try transaction.job(id: id, owner: owner).map(transaction.record)
    }
  }

  /// See `JobStore`.
  public func jobs(owner: UserID, page: JobPage) async throws(JobQueueError) -> [JobRecord] {
    try await read { transaction in
      let before = try page.before.map { id in
        try transaction.integer(
          "SELECT number FROM job WHERE id = ? AND user_id = ?", [id.rawValue, owner.rawValue])
      }
      let states = page.states.isEmpty ? Set(JobState.allCases) : page.states
      // The names are our own constants; a list of literals lets SQLite use the index of open jobs.
      let list = JobState.allCases.filter(states.contains).map { "'\($0.rawValue)'" }.joined(separator: ", ")
      return try transaction.rows(
        "\(JobRow.selectSQL) WHERE user_id = ? AND number < ? AND state IN (\(list)) ORDER BY number DESC LIMIT ?",
        [owner.rawValue, before ?? Int64.max, min(max(page.limit, 1), 200)]
      ).map { try transaction.record(try transaction.job($0)) }
    }
  }

  /// See `JobStore`.
  public func overview(workers: [QueueWorker]) async throws(JobQueueError) -> QueueOverview {
    try await read { transaction in
      // On the database's thread, so no commit comes between.
      let changes = self.changes.withLock { $0 }
      let last = self.glance.withLock { $0 }
      if let last, last.changes == changes, last.workers == workers,
        (.zero...QueueGlance.age).contains(transaction.now - last.at)
      {
        return last.overview
      }
      let overview = try transaction.overview(workers: workers)
      self.glance.withLock {
        $0 = QueueGlance(changes: changes, at: transaction.now, workers: workers, overview: overview)
      }
      return overview
    }
  }
}

extension QueueTransaction {
  /// The jobs that workers have, each with the rest of its time.
  private func running(_ timings: TimingTable) throws -> [(worker: WorkerID, rest: Double?)] {
    try rows(
      "SELECT number, worker_id, request, started_uptime FROM job WHERE \(Self.activeSQL)"
    ).map { row in
      let worker = WorkerID(row["worker_id"])
      let request = try requests.request(of: row["number"]) {
        try JobRow.decode(GenerationRequest.self, row["request"], "job.request")
      }
      let started = (row["started_uptime"] as Int64?).map { Duration.milliseconds($0) } ?? now
      let elapsed = Double((now - started).queueMilliseconds) / 1000
      return (worker, timings.seconds(for: request, on: worker).map { max(0, $0 - elapsed) })
    }
  }

  fileprivate func overview(workers: [QueueWorker]) throws -> QueueOverview {
    let timings = try timingTable()
    let running = try running(timings)
    let waiting = try waitingJobs()
    var estimate = StartEstimate(
      workers: workers,
      // A worker that saves one job's pictures while its device works for the next has two.
      running: Dictionary(
        running.map { ($0.worker, $0.rest) },
        uniquingKeysWith: { one, other in one.flatMap { rest in other.map { max(rest, $0) } } }))
    var places: [QueueOverview.Place] = []
    for (place, turn) in try turns(waiting).enumerated() {
      let job = waiting[turn.index]
      let delay = Double((job.notBefore - now).queueMilliseconds) / 1000
      let start = try estimate.next(model: job.model, earliest: max(0, delay)) { worker in
        timings.seconds(for: try request(of: job), on: worker)
      }
      places.append(
        QueueOverview.Place(
          id: job.id, owner: job.entry.owner, position: running.count + place,
          estimatedStartSeconds: start))
    }
    return QueueOverview(waiting: waiting.count, running: running.count, places: places)
  }
}
