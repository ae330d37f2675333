public import Generation

/// The queue as everybody may see it, and each waiting job's place in it.
public struct QueueOverview: Equatable, Sendable {
  /// A waiting job's place.
  public struct Place: Equatable, Sendable {
    /// The job.
    public var id: JobID
    /// Whose it is.
    public var owner: UserID
    /// How many unfinished jobs are before it, running ones counted too.
    public var position: Int
    /// Seconds until it begins; nil when nothing was measured yet or no worker is there.
    public var estimatedStartSeconds: Double?
  }

  /// Jobs that wait.
  public var waiting: Int
  /// Jobs that workers have.
  public var running: Int
  /// Every waiting job in the order in which they will be taken.
  public var places: [Place]
}
