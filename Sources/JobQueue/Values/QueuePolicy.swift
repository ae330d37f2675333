/// Every limit and timer of the queue.
public struct QueuePolicy: Sendable {
  /// In what order jobs are taken.
  public enum Order: String, Sendable, CaseIterable {
    /// First come first served within a user, in turns between users by the work they ask for.
    case fair
    /// First come first served.
    case fifo
  }

  /// In what order jobs are taken.
  public var order = Order.fair
  /// Most unfinished jobs of one user.
  public var jobsPerUser = 20
  /// Most unfinished jobs of one user in grids of experiments, beside those.
  public var cellsPerUser = 100
  /// Most unfinished jobs on the server.
  public var jobsTotal = 500
  /// Most of them in grids of experiments: half, so that a few grids leave room for everybody's single jobs.
  public var cellsTotal: Int { jobsTotal / 2 }
  /// How long an attempt lasts without a sign of progress.
  public var lease = Duration.seconds(30)
  /// How long an attempt may take in all.
  public var attempt = Duration.seconds(30 * 60)
  /// How long all attempts may take, from the start of the first.
  public var allAttempts = Duration.seconds(60 * 60)
  /// Most attempts.
  public var attempts = 4
  /// A job that took this many links down is not tried again.
  public var crashes = 2
  /// Delays before the second, third and every later attempt.
  public var retryDelays = [Duration.zero, .seconds(5), .seconds(30)]
  /// How long an idempotency key is remembered.
  public var idempotencyKeys = Duration.seconds(24 * 3600)
  /// Most events kept for one user.
  public var eventsPerUser = 2000

  /// The service's own policy.
  public init() {}
}
