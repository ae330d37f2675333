import Generation

/// A look at the queue that others may share while it is true: with hundreds of jobs waiting it is the dearest thing
/// the database does, and a submission asks for it three times.
struct QueueGlance: Sendable {
  /// How long estimates may be old.
  static let age = Duration.milliseconds(250)

  /// After how many commits it was taken.
  var changes: Int
  /// Uptime when it was taken.
  var at: Duration
  var workers: [QueueWorker]
  var overview: QueueOverview
}
