public import Generation

/// A job handed to one worker for a while.
public struct Lease: Equatable, Sendable {
  /// The attempt that everything about it must name.
  public var attempt: JobAttempt
  /// The job's public name, for logs and notices.
  public var id: JobID
  /// Whose job it is.
  public var owner: UserID
  /// What to make.
  public var request: GenerationRequest
  /// Whether a worker was lost while it ran: it shares a device with no other until it is done.
  public var hasCrashed: Bool
}
