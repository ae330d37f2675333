public import Generation

/// What became of an admin's word about a job.
public enum InterventionOutcome: Equatable, Sendable {
  /// It was done; the attempt that a worker had is taken back and must be told so.
  case done(takenBack: JobAttempt?)
  /// The job had ended, and ended jobs never change.
  case alreadyOver
  /// There is no such job.
  case unknown
}
