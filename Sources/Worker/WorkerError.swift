/// Why a worker cannot start or go on.
public enum WorkerError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The worker's own name could not be read or stored.
  case identity(String)
  /// Text that should be `HOST:PORT` is something else.
  case malformedServer(String)
  /// The server ended the link, or it was silent for too long.
  case linkLost(String)
  /// No link could be made for as long as the worker was told to try.
  case gaveUp(seconds: Int)

  /// What was expected and what was found.
  public var description: String {
    switch self {
    case .identity(let text): text
    case .malformedServer(let text): "--server must be HOST:PORT; got '\(text)'"
    case .linkLost(let reason): "the link to the server was lost: \(reason)"
    case .gaveUp(let seconds): "no link to the server for \(seconds) s"
    }
  }
}
