import Generation
import JobQueue
import Logs

/// A job as its owner sees it; members without a value are `null`.
struct JobDocument: Encodable, Sendable {
  var record: JobRecord
  /// Jobs before it while it waits.
  var position: Int?
  /// Seconds until it begins, while it waits and there is something to go by.
  var estimatedStartSeconds: Double?
  /// How far it is, while it runs.
  var progress: GenerationProgress?

  enum CodingKeys: String, CodingKey {
    case id, state, position, request, progress, images, attempt, error
    case estimatedStartSeconds = "estimated_start_seconds"
    case createdAt = "created_at"
    case startedAt = "started_at"
    case finishedAt = "finished_at"
    case gridID = "grid_id"
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(record.id, forKey: .id)
    try container.encode(record.state, forKey: .state)
    try container.encode(position, forKey: .position)
    try container.encode(estimatedStartSeconds, forKey: .estimatedStartSeconds)
    try container.encode(RequestDocument(request: record.request), forKey: .request)
    try container.encode(progress, forKey: .progress)
    try container.encode(record.images.map(ImageDocument.init), forKey: .images)
    try container.encode(record.attempt, forKey: .attempt)
    try container.encode(record.error, forKey: .error)
    try container.encode(Timestamp.text(record.createdAt), forKey: .createdAt)
    try container.encode(record.startedAt.map(Timestamp.text), forKey: .startedAt)
    try container.encode(record.finishedAt.map(Timestamp.text), forKey: .finishedAt)
    try container.encode(record.cell?.grid, forKey: .gridID)
  }
}
