import GRDB
import Generation

/// A waiting job with what its turn depends on.
struct WaitingJob {
  let id: JobID
  let model: String
  let notBefore: Duration
  let entry: FairOrder.Entry
  private let requestText: String

  init(row: Row) {
    id = JobID(row["id"])
    model = row["model"]
    notBefore = .milliseconds(row["not_before_uptime"] as Int64)
    requestText = row["request"]
    entry = FairOrder.Entry(
      number: row["number"], owner: UserID(row["user_id"]), cost: row["cost"],
      virtualTime: row["virtual_time"])
  }

  /// What to make, decoded only where it is needed.
  func request() throws -> GenerationRequest {
    try JobRow.decode(GenerationRequest.self, requestText, "job.request")
  }
}
