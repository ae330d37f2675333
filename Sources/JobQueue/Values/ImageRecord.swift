public import FoundationEssentials
public import Generation

/// A finished picture's row.
public struct ImageRecord: Equatable, Sendable {
  /// Its public name.
  public var id: ImageID
  /// The job it belongs to.
  public var job: JobID
  /// Who may see it.
  public var owner: UserID
  /// Place in the job, from 0.
  public var index: Int
  /// Its own seed.
  public var seed: Int64
  /// Pixels.
  public var width: Int
  /// Pixels.
  public var height: Int
  /// The PNG's SHA-256 in lower-case hexadecimal: its name in the image store.
  public var sha256: String
  /// Bytes of the PNG.
  public var bytes: Int
  /// Whether a small version is stored under the same name.
  public var hasThumbnail: Bool
  /// Whether its owner keeps it from clean-up.
  public var favourite: Bool
  /// Whether the safety checker made it black.
  public var isFlagged: Bool
  /// When it was stored, for display only.
  public var createdAt: Date
}
