/// Where a job stands; the last three are terminal and never change.
///
/// `queued → assigned → running → finished | failed | cancelled`, and back from `assigned` or
/// `running` to `queued` when the worker is lost.
public enum JobState: String, Codable, Sendable, CaseIterable {
  /// Waits for a worker.
  case queued
  /// Given to a worker that has not started yet.
  case assigned
  /// A worker reports progress.
  case running
  /// Every picture is stored.
  case finished
  /// Ended with an error the user can read.
  case failed
  /// Ended by its owner.
  case cancelled

  /// Whether the job can still change.
  public var isTerminal: Bool { self == .finished || self == .failed || self == .cancelled }
}
