public import Generation

/// Which of an owner's jobs to list, newest first.
public struct JobPage: Equatable, Sendable {
  /// Most jobs to return, 1…200; larger values are lowered.
  public var limit: Int
  /// The last job of the page before; nil for the first page.
  ///
  /// One the owner does not have gives nothing.
  public var before: JobID?
  /// Only jobs in these states; empty means all.
  public var states: Set<JobState>

  /// Names a page.
  public init(limit: Int = 50, before: JobID? = nil, states: Set<JobState> = []) {
    self.limit = limit
    self.before = before
    self.states = states
  }

  /// Every job that can still change.
  public static let open = JobPage(limit: 200, states: [.queued, .assigned, .running])
}
