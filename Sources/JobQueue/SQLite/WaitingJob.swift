import GRDB
import Generation

/// A waiting job with what its turn depends on.
struct WaitingJob {
  /// What `init(row:)` reads, in its order; by place, because there may be hundreds each time a job is taken.
  static let columns =
    """
    job.number, job.id, job.user_id, job.model, job.cost, job.not_before_uptime, user.virtual_time, job.crash_count
    """
  /// The same with its tables; a `WHERE` follows.
  static let selectSQL = "SELECT \(columns) FROM job JOIN user ON user.id = job.user_id"

  let id: JobID
  let model: String
  let notBefore: Duration
  let hasCrashed: Bool
  let entry: FairOrder.Entry

  init(row: Row) {
    id = JobID(row[1])
    model = row[3]
    notBefore = .milliseconds(row[5] as Int64)
    hasCrashed = row[7] as Int > 0
    entry = FairOrder.Entry(number: row[0], owner: UserID(row[2]), cost: row[4], virtualTime: row[6])
  }
}
