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
