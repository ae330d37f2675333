import FoundationEssentials
import GRDB
import Generation

extension ImageRecord {
  /// Selects what `init(row:)` reads; a `WHERE` follows.
  static let selectSQL =
    "SELECT image.*, job.id AS job_id FROM image JOIN job ON job.number = image.job_number"

  /// Reads a row of `selectSQL`.
  init(row: Row) {
    self.init(
      id: ImageID(row["id"]), job: JobID(row["job_id"]), owner: UserID(row["user_id"]), index: row["idx"],
      seed: row["seed"], width: row["width"], height: row["height"], sha256: row["sha256"],
      bytes: row["bytes"], hasThumbnail: row["has_thumbnail"], favourite: row["favourite"],
      isFlagged: row["flagged"] as Bool? ?? false, createdAt: Date(queueMilliseconds: row["created_at"]))
  }
}
