import Generation
import WorkerProtocol

/// One worker as whoever keeps the server sees it.
struct WorkerHealth: Sendable {
  var name: WorkerID
  /// The device in words.
  var device: String
  /// Bytes of the device's memory, as its capabilities say; nil when unknown.
  var memoryBytes: Int?
  var state: WorkerStatus.State
  /// What its last heartbeat said; nil before the first.
  var vitals: WorkerVitals?
  /// Time since then.
  var sinceHeartbeat: Duration?
  /// How long it has had its present job; nil when it has none.
  var busyFor: Duration?
  /// Whether an admin lets it have nothing more.
  var isDrained = false
  /// Attempts it was handed since the server started.
  var attempts = 0
}
