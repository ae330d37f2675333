import WorkerProtocol

/// The durations of the worker link's server side, together so that tests can shorten them.
struct WorkerLinkOptions: Sendable {
  /// How often each side says that it is alive.
  var heartbeat = LinkTimers.heartbeat
  /// A link silent for this long is dead.
  var silence = LinkTimers.silence
  /// A handshake not done by then is refused.
  var handshake = LinkTimers.handshake
  /// Every refused handshake is closed this long after it was found out, whatever was wrong.
  var refusalDelay = Duration.seconds(1)
  /// Failed handshakes in a minute of one worker's name at one address; further ones are refused unchecked.
  var failuresPerName = 3
  /// Failed handshakes in a minute of one address; further ones are not answered.
  var failuresPerAddress = 30
  /// Connections that may be in their handshake at once.
  var pendingHandshakes = 16
  /// A hung worker that was asked to stop has this long before its link is cut.
  var hangGrace = Duration.seconds(10)
  /// Heartbeats in less time than this renew the lease once.
  var renewal = Duration.seconds(1)
  /// How often leases are looked at, and retried jobs are offered.
  var reaper = Duration.seconds(1)
  /// How long to wait before a result is stored again after the disk was full.
  var fullDiskRetry = Duration.seconds(10)
}
