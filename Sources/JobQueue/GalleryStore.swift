public import Generation

/// The rows of finished and uploaded pictures; the bytes are in the server's image store.
public protocol GalleryStore: Sendable {
  /// One picture, or nil when this owner has none of that name.
  func image(_ id: ImageID, owner: UserID) async throws(JobQueueError) -> ImageRecord?

  /// Marks a picture as one to keep, or not; nil when this owner has none of that name.
  func setFavourite(_ id: ImageID, owner: UserID, _ favourite: Bool) async throws(JobQueueError)
    -> ImageRecord?

  /// Forgets a picture; its file goes when no other row needs it. False when this owner has none of that name.
  func deleteImage(_ id: ImageID, owner: UserID) async throws(JobQueueError) -> Bool

  /// The owner's pictures, newest first.
  ///
  /// - Parameter before: the last picture of the page before; nil for the first page.
  func images(owner: UserID, limit: Int, before: ImageID?) async throws(JobQueueError) -> [ImageRecord]

  /// Remembers an uploaded picture whose file is durable: under a new name, or as the owner's earlier upload of
  /// the same bytes, which counts as new again.
  func addUpload(_ upload: NewUpload) async throws(JobQueueError) -> UploadRecord

  /// One upload, or nil when this owner has none of that name.
  func upload(_ id: UploadID, owner: UserID) async throws(JobQueueError) -> UploadRecord?

  /// Forgets an upload; its file goes when nothing else needs it. False when this owner has none of that name.
  func deleteUpload(_ id: UploadID, owner: UserID) async throws(JobQueueError) -> Bool

  /// Bytes of the owner's pictures and uploads, for the disk quota.
  func storedBytes(owner: UserID) async throws(JobQueueError) -> Int

  /// Which of these SHA-256s (lower-case hexadecimal) some row or unfinished job still needs; the others' files are orphans.
  func known(_ sha256s: [String]) async throws(JobQueueError) -> Set<String>
}
