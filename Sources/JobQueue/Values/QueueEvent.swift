public import Generation

/// One line of a user's log.
public struct QueueEvent: Equatable, Sendable {
  /// What happened.
  public enum Kind: Equatable, Sendable {
    /// A job came or changed its state (or was asked to end); read it for what it is now.
    case job(JobID, JobState)
    /// A picture is there, or changed (favourite).
    case image(ImageID, job: JobID)
    /// A picture was deleted.
    case imageDeleted(ImageID, job: JobID)
  }

  /// Whose log.
  public var owner: UserID
  /// Number in that log, from 1, without gaps.
  public var sequence: Int64
  /// What happened.
  public var kind: Kind
}
