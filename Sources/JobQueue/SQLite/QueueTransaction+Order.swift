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
    try rows(
      """
      SELECT job.number, job.id, job.user_id, job.model, job.cost, job.request, job.not_before_uptime,
        user.virtual_time
      FROM job JOIN user ON user.id = job.user_id WHERE \(Self.waitingSQL) ORDER BY job.number
      """
    ).map(WaitingJob.init(row:))
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
