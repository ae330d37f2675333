import FoundationEssentials
import GRDB
public import Generation

extension SQLiteJobStore {
  /// See `GalleryStore`.
  public func image(_ id: ImageID, owner: UserID) async throws(JobQueueError) -> ImageRecord? {
    try await read { transaction -> ImageRecord? in try transaction.image(id, owner) }
  }

  /// See `GalleryStore`.
  public func setFavourite(
    _ id: ImageID, owner: UserID, _ favourite: Bool
  ) async throws(JobQueueError) -> ImageRecord? {
    try await write { transaction -> ImageRecord? in
      let changes = try transaction.change(
        "UPDATE image SET favourite = ? WHERE id = ? AND user_id = ? AND deleted = 0 AND favourite <> ?",
        [favourite, id.rawValue, owner.rawValue, favourite])
      let image = try transaction.image(id, owner)
      if changes == 1, let image { try transaction.log(.image(id, job: image.job), owner: owner) }
      return image
    }
  }

  /// See `GalleryStore`.
  ///
  /// The row stays, empty, so that an attempt still running does not bring the picture back.
  public func deleteImage(_ id: ImageID, owner: UserID) async throws(JobQueueError) -> Bool {
    try await write { transaction in
      guard let image = try transaction.image(id, owner) else { return false }
      try transaction.forgetImage(id, job: image.job, owner: owner)
      return true
    }
  }

  /// See `GalleryStore`.
  public func images(
    owner: UserID, limit: Int, before: ImageID?
  ) async throws(JobQueueError) -> [ImageRecord] {
    try await read { transaction in
      let last = try before.map { id in
        try transaction.integer(
          "SELECT number FROM image WHERE id = ? AND user_id = ?", [id.rawValue, owner.rawValue])
      }
      return try transaction.rows(
        """
        \(ImageRecord.selectSQL) WHERE image.user_id = ? AND image.number < ? AND image.deleted = 0
        ORDER BY image.number DESC LIMIT ?
        """, [owner.rawValue, last ?? Int64.max, min(max(limit, 1), 200)]
      ).map(ImageRecord.init(row:))
    }
  }

  /// See `GalleryStore`.
  public func storedBytes(owner: UserID) async throws(JobQueueError) -> Int {
    try await read { transaction in
      let images = try transaction.integer(
        "SELECT sum(bytes) FROM image WHERE user_id = ? AND deleted = 0", [owner.rawValue])
      let uploads = try transaction.integer(
        "SELECT sum(bytes) FROM upload WHERE user_id = ?", [owner.rawValue])
      return Int(images) + Int(uploads)
    }
  }

  /// See `GalleryStore`.
  public func known(_ sha256s: [String]) async throws(JobQueueError) -> Set<String> {
    try await read { transaction in
      var known: Set<String> = []
      for name in sha256s {
        let isKnown =
          try transaction.integer(
            """
            SELECT EXISTS (SELECT 1 FROM image WHERE sha256 = ? AND deleted = 0)
              OR EXISTS (SELECT 1 FROM upload WHERE sha256 = ?)
              OR EXISTS (
                SELECT 1 FROM job WHERE \(QueueTransaction.openSQL) AND instr(job.request, ?) > 0)
            """, [name, name, name]) == 1
        if isKnown { known.insert(name) }
      }
      return known
    }
  }
}

extension SQLiteJobStore {
  /// See `GalleryStore`.
  public func addUpload(_ upload: NewUpload) async throws(JobQueueError) -> UploadRecord {
    try await write { transaction in
      try transaction.ensureUser(upload.owner, upload.ownerKind)
      let known = try transaction.row(
        "SELECT id FROM upload WHERE user_id = ? AND sha256 = ?", [upload.owner.rawValue, upload.sha256])
      if let known {
        try transaction.change(
          "UPDATE upload SET created_at = ? WHERE id = ?", [transaction.wall, known["id"] as String])
        return UploadRecord(
          id: UploadID(known["id"]), upload: upload, createdAt: Date(queueMilliseconds: transaction.wall))
      }
      let id = UploadID(transaction.ids.next())
      try transaction.change(
        """
        INSERT INTO upload (id, user_id, sha256, width, height, media_type, bytes, created_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """,
        [
          id.rawValue, upload.owner.rawValue, upload.sha256, upload.width, upload.height,
          upload.mediaType, upload.bytes, transaction.wall,
        ])
      return UploadRecord(
        id: id, upload: upload, createdAt: Date(queueMilliseconds: transaction.wall))
    }
  }

  /// See `GalleryStore`.
  public func deleteUpload(_ id: UploadID, owner: UserID) async throws(JobQueueError) -> Bool {
    try await write { transaction in
      try transaction.change(
        "DELETE FROM upload WHERE id = ? AND user_id = ?", [id.rawValue, owner.rawValue]) == 1
    }
  }

  /// See `GalleryStore`.
  public func upload(_ id: UploadID, owner: UserID) async throws(JobQueueError) -> UploadRecord? {
    try await read { transaction -> UploadRecord? in
      let row = try transaction.row(
        "SELECT * FROM upload WHERE id = ? AND user_id = ?", [id.rawValue, owner.rawValue])
      guard let row else { return nil }
      let upload = NewUpload(
        owner: owner, sha256: row["sha256"], width: row["width"], height: row["height"],
        mediaType: row["media_type"], bytes: row["bytes"])
      return UploadRecord(
        id: id, upload: upload, createdAt: Date(queueMilliseconds: row["created_at"]))
    }
  }
}

extension QueueTransaction {
  fileprivate func image(_ id: ImageID, _ owner: UserID) throws -> ImageRecord? {
    try row(
      "\(ImageRecord.selectSQL) WHERE image.id = ? AND image.user_id = ? AND image.deleted = 0",
      [id.rawValue, owner.rawValue]
    ).map(ImageRecord.init(row:))
  }
}
