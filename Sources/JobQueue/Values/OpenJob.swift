public import Generation

/// A job that waits or runs, as an admin sees it.
public struct OpenJob: Equatable, Sendable {
  /// Which jobs are asked for.
  public enum Filter: Equatable, Sendable {
    /// All that wait or run.
    case all
    /// Those that workers have.
    case running
    /// The one of this name.
    case one(JobID)
  }

  /// The job; its prompts are its owner's business.
  public var job: JobRecord
  /// Its owner's name; empty without an account.
  public var ownerName: String
  /// Seconds until its worker's lease ends, unless renewed; nil while it waits.
  public var leaseSeconds: Double?

  /// Puts together what an admin sees of a job.
  public init(job: JobRecord, ownerName: String, leaseSeconds: Double? = nil) {
    self.job = job
    self.ownerName = ownerName
    self.leaseSeconds = leaseSeconds
  }
}
