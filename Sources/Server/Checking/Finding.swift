/// One thing that was looked at before a start.
public struct Finding: Equatable, Sendable, CustomStringConvertible {
  /// How bad it is.
  public enum Level: String, Sendable {
    /// As it should be.
    case ok
    /// The server starts, but somebody should know.
    case warning
    /// The server does not start, or would lose things.
    case error
  }

  /// How bad it is.
  public var level: Level
  /// What was looked at.
  public var subject: String
  /// What was found and what to do.
  public var text: String

  /// One line.
  public var description: String { "\(level.rawValue): \(subject): \(text)" }
}
