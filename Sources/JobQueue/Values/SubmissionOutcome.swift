/// What became of a submission.
public enum SubmissionOutcome: Equatable, Sendable {
  /// A new job.
  case created(JobRecord)
  /// The job that the same request made before.
  case same(JobRecord)
  /// The key was used for another request.
  case conflict
}
