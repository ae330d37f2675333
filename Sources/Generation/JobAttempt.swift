/// One attempt at one job: what every frame of the worker link and every lease is checked against.
///
/// The attempt is the fencing token: it grows each time the job is handed out, and what an older attempt
/// says is refused.
public struct JobAttempt: Codable, Hashable, Sendable, CustomStringConvertible {
  /// The job's number inside the server (its place in the queue), 1…2⁶³−1; clients see a `JobID` instead.
  public var job: UInt64
  /// Which time the job was handed out, from 1.
  public var attempt: UInt32

  /// Names an attempt.
  public init(job: UInt64, attempt: UInt32) {
    self.job = job
    self.attempt = attempt
  }

  /// For logs: `job 12 attempt 2`.
  public var description: String { "job \(job) attempt \(attempt)" }
}
