import FoundationEssentials
import GRDB
public import Generation

extension SQLiteJobStore {
  /// See `GridStore`.
  public func submit(_ submission: GridSubmission) async throws(JobQueueError) -> SubmissionOutcome<
    GridRecord
  > {
    try await write { transaction in
      try transaction.ensureUser(submission.owner, submission.ownerKind)
      if let key = submission.idempotencyKey,
        let earlier = try transaction.earlier(key, owner: submission.owner)
      {
        guard case .same(let job) = earlier, let cell = job.cell,
          let grid = try transaction.grid(cell.grid, owner: submission.owner)
        else { return .conflict }
        return .same(grid)
      }
      try transaction.checkQuota(submission)
      return .created(try transaction.insert(submission))
    }
  }

  /// See `GridStore`.
  public func grid(_ id: GridID, owner: UserID) async throws(JobQueueError) -> GridRecord? {
    try await read { try $0.grid(id, owner: owner) }
  }

  /// See `GridStore`.
  public func grids(owner: UserID, limit: Int) async throws(JobQueueError) -> [GridRecord] {
    try await read { transaction in
      try transaction.rows(
        "SELECT * FROM grid WHERE user_id = ? ORDER BY number DESC LIMIT ?",
        [owner.rawValue, min(max(limit, 1), 20)]
      ).map(transaction.grid)
    }
  }

  /// See `GridStore`.
  public func cancel(_ id: GridID, owner: UserID) async throws(JobQueueError) -> GridRecord? {
    try await write { transaction -> GridRecord? in
      guard try transaction.grid(id, owner: owner) != nil else { return nil }
      for var job in try transaction.jobs(of: id) { _ = try transaction.apply(.cancel, to: &job) }
      return try transaction.grid(id, owner: owner)
    }
  }
}

extension QueueTransaction {
  fileprivate func grid(_ id: GridID, owner: UserID) throws -> GridRecord? {
    try row("SELECT * FROM grid WHERE id = ? AND user_id = ?", [id.rawValue, owner.rawValue]).map(grid)
  }

  fileprivate func grid(_ row: Row) throws -> GridRecord {
    let id = GridID(row["id"])
    return GridRecord(
      id: id, description: row["description"], createdAt: Date(queueMilliseconds: row["created_at"]),
      jobs: try jobs(of: id).map(record))
  }

  fileprivate func jobs(of grid: GridID) throws -> [JobRow] {
    try rows("\(JobRow.selectSQL) WHERE grid_id = ? ORDER BY grid_place", [grid.rawValue])
      .map { try job($0) }
  }

  fileprivate func checkQuota(_ submission: GridSubmission) throws {
    let own = try integer(
      "SELECT count(*) FROM job WHERE user_id = ? AND grid_id IS NOT NULL AND \(Self.openSQL)",
      [submission.owner.rawValue])
    let cells = Int64(submission.requests.count)
    guard own + cells <= Int64(policy.cellsPerUser) else {
      throw JobQueueError.tooManyJobs(limit: policy.cellsPerUser)
    }
    let others = try integer("SELECT count(*) FROM job WHERE grid_id IS NOT NULL AND \(Self.openSQL)")
    guard others + cells <= Int64(policy.cellsTotal) else {
      throw JobQueueError.queueFull(limit: policy.cellsTotal)
    }
    let all = try integer("SELECT count(*) FROM job WHERE \(Self.openSQL)")
    guard all + cells <= Int64(policy.jobsTotal) else {
      throw JobQueueError.queueFull(limit: policy.jobsTotal)
    }
  }

  fileprivate func insert(_ submission: GridSubmission) throws -> GridRecord {
    let id = GridID(ids.next())
    try change(
      "INSERT INTO grid (id, user_id, description, created_at) VALUES (?, ?, ?, ?)",
      [id.rawValue, submission.owner.rawValue, submission.description, wall])
    let jobs = try submission.requests.enumerated().map { place, request in
      try insert(
        JobSubmission(
          owner: submission.owner, ownerKind: submission.ownerKind, request: request,
          // One key for all: it leads to the grid from its first job.
          idempotencyKey: place == 0 ? submission.idempotencyKey : nil),
        cell: JobCell(grid: id, place: place))
    }
    return GridRecord(
      id: id, description: submission.description, createdAt: Date(queueMilliseconds: wall), jobs: jobs)
  }
}
