/// How much was forgotten.
public struct RetiredCount: Equatable, Sendable {
  /// Finished pictures.
  public var images = 0
  /// Uploaded pictures.
  public var uploads = 0
  /// Ended jobs.
  public var jobs = 0

  /// Counts from their parts.
  public init(images: Int = 0, uploads: Int = 0, jobs: Int = 0) {
    self.images = images
    self.uploads = uploads
    self.jobs = jobs
  }

  /// Whether nothing was.
  public var isEmpty: Bool { self == RetiredCount() }

  /// Both together.
  public static func + (one: RetiredCount, two: RetiredCount) -> RetiredCount {
    RetiredCount(
      images: one.images + two.images, uploads: one.uploads + two.uploads, jobs: one.jobs + two.jobs)
  }
}
