import JobQueue
import Sockets
import WorkerProtocol

/// Why a worker's link ended.
enum SessionEnd: Error, Sendable, CustomStringConvertible {
  /// The worker closed it, with a word or without.
  case closed
  /// This server leaves.
  case goodbye
  /// The same worker connected again.
  case replaced
  /// No progress, and no end when asked.
  case hung
  /// Its lease ended while the link seemed alive.
  case leaseEnded
  /// Nothing came for too long, or the socket failed.
  case socket(SocketError)
  /// What came is no message.
  case malformed(ProtocolError)
  /// What came breaks the rules.
  case misbehaved(String)
  /// The database failed.
  case store(JobQueueError)
  /// The picture files failed.
  case images(ImageStoreError)
  /// The server's tasks were cancelled.
  case cancelled

  /// For logs.
  var description: String {
    switch self {
    case .closed: "the worker closed it"
    case .goodbye: "the server stops"
    case .replaced: "the worker connected again"
    case .hung: "the worker showed no progress and did not stop when asked"
    case .leaseEnded: "the worker did not keep its job's lease"
    case .socket(let error): "\(error)"
    case .malformed(let error): "\(error)"
    case .misbehaved(let what): what
    case .store(let error): "\(error)"
    case .images(let error): "\(error)"
    case .cancelled: "cancelled"
    }
  }
}
