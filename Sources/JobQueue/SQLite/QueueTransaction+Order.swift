import GRDB
import Generation

extension QueueTransaction {
  /// Unfinished jobs.
  ///
  /// SQLite uses a partial index only where the query says the index's condition word by word.
  static let openSQL = "job.state IN ('queued', 'assigned', 'running')"
  /// Jobs that wait.
  static let waitingSQL = "\(openSQL) AND job.state = 'queued'"
  /// Jobs that workers have.
  static let activeSQL = "\(openSQL) AND job.state IN ('assigned', 'running')"

  private static let clockKey = "virtual_time"

  /// Every waiting job by number.
  func waitingJobs() throws -> [WaitingJob] {
    let statement = try db.cachedStatement(
      sql: "\(WaitingJob.selectSQL) WHERE \(Self.waitingSQL) ORDER BY job.number")
    let cursor = try Row.fetchCursor(statement)
    var jobs: [WaitingJob] = []
    while let row = try cursor.next() { jobs.append(WaitingJob(row: row)) }
    return jobs
  }

  /// What a waiting job is to make.
  func request(of job: WaitingJob) throws -> GenerationRequest {
    try requests.request(of: job.entry.number) {
      let text = try row("SELECT request FROM job WHERE number = ?", [job.entry.number])
      return try JobRow.decode(GenerationRequest.self, text?["request"] ?? "", "job.request")
    }
  }

  /// In which order they will be taken.
  func turns(_ waiting: [WaitingJob]) throws -> [FairOrder.Turn] {
    let clock = try meta(Self.clockKey).flatMap { Int64($0) } ?? 0
    return FairOrder.turns(waiting.map(\.entry), clock: clock, order: policy.order)
  }

  /// The first waiting job in the order of `turns` that `fits`, without reading all the others.
  func firstInTurn(_ fits: (WaitingJob) throws -> Bool) throws -> (job: WaitingJob, tag: Int64)? {
    guard policy.order == .fair else {
      let waiting = try waitingJobs()
      return try turns(waiting).first { try fits(waiting[$0.index]) }.map { (waiting[$0.index], $0.tag) }
    }
    let clock = try meta(Self.clockKey).flatMap { Int64($0) } ?? 0
    var heads: [(job: WaitingJob, tag: Int64)] = []
    let inTurn = try Row.fetchCursor(db.cachedStatement(sql: Self.headsSQL), arguments: [clock])
    while let row = try inTurn.next() {
      let job = WaitingJob(row: row)
      heads.append((job, max(job.entry.virtualTime, clock)))
      // Nearly always the first one fits, and the others need not be read.
      if heads.count == 1, try fits(job) { return heads[0] }
    }
    while let index = heads.indices.min(by: { Self.comes(heads[$0], before: heads[$1]) }) {
      let head = heads[index]
      if try fits(head.job) { return head }
      if let next = try nextWaiting(head.job.entry.owner.rawValue, after: head.job.entry.number) {
        heads[index] = (next, FairOrder.saturatingSum(head.tag, head.job.entry.cost))
      } else {
        heads.remove(at: index)
      }
    }
    return nil
  }

  private static func comes(
    _ one: (job: WaitingJob, tag: Int64), before other: (job: WaitingJob, tag: Int64)
  ) -> Bool {
    (one.tag, one.job.entry.number) < (other.tag, other.job.entry.number)
  }

  /// Everybody's first waiting job in the order of turns; the argument is the queue's clock.
  ///
  /// Users are found by steps through the index: as many as there are users with unfinished jobs, not jobs.
  private static let headsSQL = """
    WITH RECURSIVE owner(id) AS (
      SELECT min(user_id) FROM job INDEXED BY job_user_open WHERE \(openSQL)
      UNION ALL
      SELECT (SELECT min(user_id) FROM job INDEXED BY job_user_open WHERE \(openSQL) AND user_id > owner.id)
      FROM owner WHERE owner.id IS NOT NULL)
    SELECT \(WaitingJob.columns) FROM owner CROSS JOIN user ON user.id = owner.id CROSS JOIN job ON job.number = (
      SELECT min(number) FROM job INDEXED BY job_user_open WHERE \(waitingSQL) AND user_id = owner.id)
    ORDER BY max(user.virtual_time, ?), job.number
    """

  private func nextWaiting(_ user: String, after number: Int64) throws -> WaitingJob? {
    try row(
      """
      \(WaitingJob.selectSQL) WHERE \(Self.waitingSQL) AND job.user_id = ? AND job.number > ?
      ORDER BY job.number LIMIT 1
      """, [user, number]
    ).map(WaitingJob.init(row:))
  }

  /// Charges a taken job to its user and moves the queue's clock to its turn.
  func charge(_ entry: FairOrder.Entry, tag: Int64) throws {
    try change(
      "UPDATE user SET virtual_time = ? WHERE id = ?",
      [FairOrder.saturatingSum(tag, entry.cost), entry.owner.rawValue])
    let clock = try meta(Self.clockKey).flatMap { Int64($0) } ?? 0
    if tag > clock { try setMeta(Self.clockKey, String(tag)) }
  }
}
