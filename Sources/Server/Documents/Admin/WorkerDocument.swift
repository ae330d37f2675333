import Generation
import JobQueue
import WorkerProtocol

/// A worker as an admin sees it.
struct WorkerDocument: Encodable, Sendable {
  /// The job it has.
  struct Job: Encodable, Sendable {
    var id: String
    var attempt: UInt32
    @Nullable var leaseSeconds: Double?

    enum CodingKeys: String, CodingKey {
      case id, attempt
      case leaseSeconds = "lease_seconds"
    }
  }

  var id: String
  var name: String
  var device: String
  var state: WorkerStatus.State
  var connected: Bool
  var drained: Bool
  @Nullable var lastHeardSeconds: Double?
  @Nullable var busySeconds: Double?
  @Nullable var job: Job?
  /// Attempts it was handed since the server started.
  var attempts: Int
  @Nullable var memoryBytes: Int?
  @Nullable var memoryTotalBytes: Int?
  /// 0…1.
  @Nullable var utilisation: Double?

  enum CodingKeys: String, CodingKey {
    case id, name, device, state, connected, drained, job, attempts, utilisation
    case lastHeardSeconds = "last_heard_seconds"
    case busySeconds = "busy_seconds"
    case memoryBytes = "memory_bytes"
    case memoryTotalBytes = "memory_total_bytes"
  }

  init(_ worker: WorkerHealth, _ running: [OpenJob]) {
    id = worker.name.rawValue
    name = worker.name.rawValue
    device = worker.device
    state = worker.state
    connected = worker.state != .offline
    drained = worker.isDrained
    lastHeardSeconds = worker.sinceHeartbeat.map { $0 / .seconds(1) }
    busySeconds = worker.busyFor.map { $0 / .seconds(1) }
    job = running.first { $0.job.worker == worker.name }.map {
      Job(id: $0.job.id.rawValue, attempt: $0.job.attempt, leaseSeconds: $0.leaseSeconds)
    }
    attempts = worker.attempts
    memoryBytes = worker.vitals?.memoryUsed
    memoryTotalBytes = worker.vitals?.memoryTotal ?? worker.memoryBytes
    utilisation = worker.vitals?.utilisation
  }
}
