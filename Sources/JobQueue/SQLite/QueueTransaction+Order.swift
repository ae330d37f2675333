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

  /// Charges a taken job to its user and moves the queue's clock to its turn.
  func charge(_ entry: FairOrder.Entry, tag: Int64) throws {
    try change(
      "UPDATE user SET virtual_time = ? WHERE id = ?",
      [FairOrder.saturatingSum(tag, entry.cost), entry.owner.rawValue])
    let clock = try meta(Self.clockKey).flatMap { Int64($0) } ?? 0
    if tag > clock { try setMeta(Self.clockKey, String(tag)) }
  }
}
