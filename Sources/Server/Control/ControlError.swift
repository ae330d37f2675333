/// Why a running server could not be asked.
public enum ControlError: Error, Hashable, Sendable, CustomStringConvertible {
  /// No server runs on the data folder.
  case nobodyListens
  /// The server answered that it could not.
  case refused(String)
  /// A line is longer than it may be.
  case lineTooLong

  /// One line for the person who asks.
  public var description: String {
    switch self {
    case .nobodyListens: "no server runs on this data folder"
    case .refused(let reason): "the server could not: \(reason)"
    case .lineTooLong: "expected a line of at most \(ControlSocket.lineLimit) bytes"
    }
  }
}
