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
}

/// Whether an attempt is still the one that counts.
public enum LeaseStatus: Equatable, Sendable {
  /// It is; its owner may have asked for its end.
  case held(cancelRequested: Bool)
  /// It is not: the job was taken back, ended, or never was.
  case lost
}

/// What a reconnecting worker is to do with what it holds.
public enum ResumeOutcome: Equatable, Sendable {
  /// Go on.
  case proceed(Lease, cancelRequested: Bool)
  /// Forget it; `accepted` when its result was kept before the link broke.
  case settled(accepted: Bool)
}

/// What became of a picture.
public enum StoreImageOutcome: Equatable, Sendable {
  /// Its row is written.
  case stored(ImageRecord)
  /// The same picture had a row already, or its owner deleted it.
  case duplicate
  /// The attempt does not count any more.
  case lost
}

/// What became of an attempt's end.
public enum SettleOutcome: Equatable, Sendable {
  /// The job moved to this state.
  case settled(JobState)
  /// The same attempt ended so before: the worker sent it again.
  case duplicate
  /// The attempt does not count any more; what it says is dropped.
  case lost
  /// Pictures are missing, so the job is not finished.
  case incomplete(missing: [Int])
}

/// What became of a wish to cancel.
public enum CancelOutcome: Equatable, Sendable {
  /// It waited; it is cancelled.
  case cancelled(JobRecord)
  /// A worker has it; it is to be told.
  case requested(JobRecord)
  /// It had ended.
  case alreadyOver(JobRecord)

  /// The job after the wish.
  public var job: JobRecord {
    switch self {
    case .cancelled(let job), .requested(let job), .alreadyOver(let job): job
    }
  }
}
