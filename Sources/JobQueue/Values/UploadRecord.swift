public import FoundationEssentials
public import Generation

/// An uploaded picture's row.
public struct UploadRecord: Equatable, Sendable {
  /// Its public name, for its owner only.
  public var id: UploadID
  /// What it is.
  public var upload: NewUpload
  /// When it came, for display only.
  public var createdAt: Date
}
