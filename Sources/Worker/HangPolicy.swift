import Glibc

/// When a run that was told to stop and does not is given up, and how.
struct HangPolicy: Sendable {
  /// How long a run may take to stop: one model evaluation of a large model on a slow processor ends
  /// well within it.
  var limit = Duration.seconds(180)
  /// Ends the process, for the supervisor to start again: nothing else frees a device that hangs.
  var leave: @Sendable () -> Void = { exit(75) }
}
