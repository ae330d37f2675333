public import Generation

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
