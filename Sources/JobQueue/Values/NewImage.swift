/// A picture whose file is durable and whose row is not written yet.
public struct NewImage: Equatable, Sendable {
  /// Place in the job, from 0.
  public var index: Int
  /// Its own seed.
  public var seed: Int64
  /// Pixels.
  public var width: Int
  /// Pixels.
  public var height: Int
  /// The PNG's SHA-256 in lower-case hexadecimal.
  public var sha256: String
  /// Bytes of the PNG.
  public var bytes: Int
  /// Whether a small version is stored too.
  public var hasThumbnail: Bool
  /// Whether the safety checker made it black.
  public var isFlagged: Bool

  /// Describes a picture.
  public init(
    index: Int, seed: Int64, width: Int, height: Int, sha256: String, bytes: Int, hasThumbnail: Bool = false,
    isFlagged: Bool = false
  ) {
    self.index = index
    self.seed = seed
    self.width = width
    self.height = height
    self.sha256 = sha256
    self.bytes = bytes
    self.hasThumbnail = hasThumbnail
    self.isFlagged = isFlagged
  }
}
