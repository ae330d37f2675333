public import HTTP
public import JobQueue
import Generation

/// Every number that bounds what strangers, users and workers can make the server do, in one value.
///
/// `http` (with `http.webSocket`) are the limits and deadlines of connections, `queue` those of jobs, `workers`
/// those of the worker link; a worker's frames are bounded by their type (`FrameType`).
public struct ServerLimits: Sendable {
  /// Connections, requests and WebSockets.
  public var http: HTTPLimits
  /// Jobs, leases and retries.
  public var queue: QueuePolicy
  /// The worker link.
  var workers = WorkerLinkOptions()

  /// Most bytes of a JSON body.
  public var jsonBody = 64 * 1024
  /// Most bytes of an uploaded picture.
  public var uploadBody = 16 << 20
  /// Most event sockets of one user; one more closes the oldest with 4008.
  public var socketsPerUser = 8
  /// Submissions of one user at once, where strangers are let in; 0 limits nothing.
  public var submissionBurst = 20
  /// Submissions of one user a minute after that.
  public var submissionsPerMinute = 10
  /// New users of one address at once who make something, where anybody may be one: each has all quotas anew.
  public var newcomersPerAddress = 250
  /// New users of one address a minute after that.
  public var newcomersPerMinute = 60
  /// What a password's hash costs; see `PasswordHash.Cost`.
  var passwordCost = PasswordHash.Cost()
  /// API tokens a person may have.
  public var tokensPerUser = 50
  /// Bytes of pictures and uploads each of several users may keep.
  public var bytesPerUser = 2 << 30
  /// Bytes that must stay free on the disk for a new job or upload to be taken.
  public var freeSpaceFloor = 2 << 30

  /// The limits of the specification.
  public init() {
    http = HTTPLimits()
    // The whole server has its own, longer time to stop.
    http.shutdownGrace = .seconds(3)
    queue = QueuePolicy()
    queue.jobsPerUser = Limits().jobsPerUser
    queue.jobsTotal = Limits().jobsTotal
    queue.cellsPerUser = Limits().gridCells
  }
}
