import FoundationEssentials
import Generation

/// One message on the event socket.
enum EventDocument: Encodable, Sendable {
  /// The first message: the caller's unfinished jobs and the number of the newest event. `gap` says
  /// that older events are gone, so that what the client knows is to be read anew.
  case snapshot(sequence: Int64, jobs: [JobDocument], gap: Bool)
  /// A job changed its state or its place.
  case job(sequence: Int64, JobDocument)
  /// A picture is there, or changed.
  case image(sequence: Int64, job: JobID, ImageDocument)
  /// A running job's latest progress.
  case progress(ProgressNews)
  /// How many jobs of everybody wait and run.
  case queue(QueueCounts)

  enum CodingKeys: String, CodingKey {
    case seq, type, job, jobs, gap, image, progress, preview, waiting, running
    case jobID = "job_id"
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    case .snapshot(let sequence, let jobs, let gap):
      try container.encode("snapshot", forKey: .type)
      try container.encode(sequence, forKey: .seq)
      try container.encode(jobs, forKey: .jobs)
      if gap { try container.encode(true, forKey: .gap) }
    case .job(let sequence, let job):
      try container.encode("job", forKey: .type)
      try container.encode(sequence, forKey: .seq)
      try container.encode(job, forKey: .job)
    case .image(let sequence, let job, let image):
      try container.encode("image", forKey: .type)
      try container.encode(sequence, forKey: .seq)
      try container.encode(job, forKey: .jobID)
      try container.encode(image, forKey: .image)
    case .progress(let news):
      try container.encode("progress", forKey: .type)
      try container.encode(news.job, forKey: .jobID)
      try container.encode(news.progress, forKey: .progress)
      if !news.preview.isEmpty { try container.encode(Self.dataURL(news.preview), forKey: .preview) }
    case .queue(let counts):
      try container.encode("queue", forKey: .type)
      try container.encode(counts.waiting, forKey: .waiting)
      try container.encode(counts.running, forKey: .running)
    }
  }

  /// A preview as a page can show it at once (RFC 2397).
  private static func dataURL(_ bytes: [UInt8]) -> String {
    let type = bytes.first == 0xFF ? "image/jpeg" : "image/png"
    return "data:\(type);base64," + Data(bytes).base64EncodedString()
  }
}
