import GRDB
import Generation

extension QueueEvent.Kind {
  /// The columns `kind`, `job_id`, `image_id`, `state`.
  var columns: (String, JobID, ImageID?, JobState?) {
    switch self {
    case .job(let id, let state): ("job", id, nil, state)
    case .image(let id, let job): ("image", job, id, nil)
    case .imageDeleted(let id, let job): ("image_deleted", job, id, nil)
    }
  }
}

extension QueueEvent {
  /// Reads a row of `event`.
  init(row: Row) throws {
    owner = UserID(row["user_id"])
    sequence = row["seq"]
    let job = JobID(row["job_id"])
    let image = (row["image_id"] as String?).map { ImageID($0) }
    let state = (row["state"] as String?).flatMap { JobState(rawValue: $0) }
    switch (row["kind"] as String, image, state) {
    case ("job", _, let state?): kind = .job(job, state)
    case ("image", let image?, _): kind = .image(image, job: job)
    case ("image_deleted", let image?, _): kind = .imageDeleted(image, job: job)
    default: throw JobQueueError.unreadable(column: "event.kind")
    }
  }
}
