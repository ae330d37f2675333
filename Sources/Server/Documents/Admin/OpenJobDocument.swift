import Generation
import JobQueue
import Logs

/// A job that waits or runs as an admin sees it: what it costs, not what it shows.
struct OpenJobDocument: Encodable, Sendable {
  var id: String
  var owner: ActorDocument
  var state: JobState
  @Nullable var position: Int?
  var model: String
  var width: Int
  var height: Int
  var steps: Int
  var batchCount: Int
  var attempt: UInt32
  @Nullable var workerID: String?
  var createdAt: String
  @Nullable var startedAt: String?

  enum CodingKeys: String, CodingKey {
    case id, owner, state, position, model, width, height, steps, attempt
    case batchCount = "batch_count"
    case workerID = "worker_id"
    case createdAt = "created_at"
    case startedAt = "started_at"
  }

  init(_ open: OpenJob, position: Int?) {
    let job = open.job
    id = job.id.rawValue
    owner = ActorDocument(AuditActor(id: job.owner, name: open.ownerName))
    state = job.state
    self.position = position
    model = job.request.model
    width = job.request.width
    height = job.request.height
    steps = job.request.steps
    batchCount = job.request.batchCount
    attempt = job.attempt
    workerID = job.worker?.rawValue
    createdAt = Timestamp.text(job.createdAt)
    startedAt = job.startedAt.map(Timestamp.text)
  }
}

/// The whole queue.
struct OpenJobListDocument: Encodable, Sendable {
  var jobs: [OpenJobDocument]
}
