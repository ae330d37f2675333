/// What became of a submission: of a job or of a grid.
public enum SubmissionOutcome<Record: Equatable & Sendable>: Equatable, Sendable {
  /// It is new.
  case created(Record)
  /// The same request made it before.
  case same(Record)
  /// The key was used for another request.
  case conflict
}
