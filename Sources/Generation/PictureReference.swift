/// A picture a request starts from, by what is in its file: whatever becomes of its name, the job means this one.
public struct PictureReference: Codable, Hashable, Sendable {
  /// The file's SHA-256 in lower-case hexadecimal.
  public var sha256: String
  /// Pixels of the upright picture.
  public var width: Int
  /// Pixels of the upright picture.
  public var height: Int

  /// Names a picture.
  public init(sha256: String, width: Int, height: Int) {
    self.sha256 = sha256
    self.width = width
    self.height = height
  }
}
