import Generation
import JobQueue

/// The attempt a worker has, as its session knows it.
struct HeldJob: Sendable {
  let lease: Lease
  var watch: ProgressWatch
  /// When this server handed it out or took it up again.
  let since: Duration
  /// Whether the store knows that the worker began.
  var hasStarted = false
  /// Whether the worker was told to stop.
  var isCancelSent = false
  /// When the worker was found to hang.
  var hungSince: Duration?
  /// When its lease was renewed last.
  var renewedAt = Duration.zero
  var lastProgress: GenerationProgress?

  /// The attempt everything must name.
  var attempt: JobAttempt { lease.attempt }
}
