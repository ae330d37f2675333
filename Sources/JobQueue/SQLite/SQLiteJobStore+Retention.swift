import GRDB
import Generation

extension SQLiteJobStore {
  /// See `JobStore`.
  public func retire(_ policy: RetentionPolicy) async throws(JobQueueError) -> RetiredCount {
    try await write { transaction in
      var count = RetiredCount()
      if let age = policy.age {
        let before = transaction.wall - age.queueMilliseconds
        count.images += try transaction.retireImages(olderThan: before, limit: policy.batch)
        count.uploads += try transaction.retireUploads(olderThan: before, limit: policy.batch)
        count.jobs += try transaction.retireJobs(olderThan: before, limit: policy.batch)
        try transaction.retireUsers(olderThan: before)
      }
      if let bytes = policy.bytesPerUser {
        count.images += try transaction.retireImages(over: bytes, limit: policy.batch)
      }
      return count
    }
  }
}

extension QueueTransaction {
  /// Forgets a picture as its owner would; the row stays, empty, while its job does.
  func forgetImage(_ id: ImageID, job: JobID, owner: UserID) throws {
    try change(
      "UPDATE image SET deleted = 1, sha256 = '', bytes = 0, favourite = 0 WHERE id = ?", [id.rawValue])
    try log(.imageDeleted(id, job: job), owner: owner)
  }

  fileprivate func retireImages(olderThan wall: Int64, limit: Int) throws -> Int {
    let old = try rows(
      """
      \(ImageRecord.selectSQL) WHERE image.deleted = 0 AND image.favourite = 0 AND image.created_at < ?
      ORDER BY image.number LIMIT ?
      """, [wall, limit]
    ).map(ImageRecord.init(row:))
    for image in old { try forgetImage(image.id, job: image.job, owner: image.owner) }
    return old.count
  }

  /// The oldest pictures of each user with more bytes than allowed, until the rest fits.
  fileprivate func retireImages(over bytes: Int, limit: Int) throws -> Int {
    let users = try rows(
      "SELECT user_id, sum(bytes) AS total FROM image WHERE deleted = 0 GROUP BY user_id HAVING total > ?",
      [bytes])
    var count = 0
    for user in users {
      var excess = (user["total"] as Int) - bytes
      let oldest = try rows(
        """
        \(ImageRecord.selectSQL) WHERE image.user_id = ? AND image.deleted = 0 AND image.favourite = 0
        ORDER BY image.number LIMIT ?
        """, [user["user_id"] as String, limit - count]
      ).map(ImageRecord.init(row:))
      for image in oldest where excess > 0 {
        try forgetImage(image.id, job: image.job, owner: image.owner)
        excess -= image.bytes
        count += 1
      }
      if count >= limit { break }
    }
    return count
  }

  /// Uploads that no unfinished job names.
  fileprivate func retireUploads(olderThan wall: Int64, limit: Int) throws -> Int {
    try change(
      """
      DELETE FROM upload WHERE id IN (
        SELECT upload.id FROM upload WHERE upload.created_at < ? AND NOT EXISTS (
          SELECT 1 FROM job WHERE \(Self.openSQL) AND job.user_id = upload.user_id
            AND instr(job.request, upload.id) > 0)
        LIMIT ?)
      """, [wall, limit])
  }

  /// Browsers that came once and left nothing; their cookies make the same user again, so a ban is kept.
  fileprivate func retireUsers(olderThan wall: Int64) throws {
    try change(
      """
      DELETE FROM user WHERE kind = 'anonymous' AND banned = 0 AND created_at < ?
        AND NOT EXISTS (SELECT 1 FROM job WHERE job.user_id = user.id)
        AND NOT EXISTS (SELECT 1 FROM upload WHERE upload.user_id = user.id)
        AND NOT EXISTS (SELECT 1 FROM session WHERE session.user_id = user.id)
      """, [wall])
  }

  /// Ended jobs without a picture, and their prompts with them.
  fileprivate func retireJobs(olderThan wall: Int64, limit: Int) throws -> Int {
    try change(
      """
      DELETE FROM job WHERE number IN (
        SELECT number FROM job WHERE state IN ('finished', 'failed', 'cancelled') AND finished_at < ?
          AND NOT EXISTS (SELECT 1 FROM image WHERE image.job_number = job.number AND image.deleted = 0)
        LIMIT ?)
      """, [wall, limit])
  }
}
