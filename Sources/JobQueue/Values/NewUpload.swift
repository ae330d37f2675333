public import Generation

/// An uploaded picture whose file is durable and whose row is not written yet.
public struct NewUpload: Equatable, Sendable {
  /// Who may use it.
  public var owner: UserID
  /// How the owner came to be, if there is no row yet.
  public var ownerKind: UserKind
  /// The file's SHA-256 in lower-case hexadecimal.
  public var sha256: String
  /// Pixels.
  public var width: Int
  /// Pixels.
  public var height: Int
  /// `image/png`, `image/jpeg` or `image/webp`.
  public var mediaType: String
  /// Bytes of the file.
  public var bytes: Int

  /// Describes an upload.
  public init(
    owner: UserID, ownerKind: UserKind = .anonymous, sha256: String, width: Int, height: Int,
    mediaType: String, bytes: Int
  ) {
    self.owner = owner
    self.ownerKind = ownerKind
    self.sha256 = sha256
    self.width = width
    self.height = height
    self.mediaType = mediaType
    self.bytes = bytes
  }
}
