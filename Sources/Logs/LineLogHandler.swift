import FoundationEssentials
import Glibc
public import Logging

/// Writes each log event as one line on standard error: JSON for machines, words on a terminal.
public struct LineLogHandler: LogHandler {
  /// Added to every event.
  public var metadata: Logger.Metadata = [:]
  /// Events below it are dropped.
  public var logLevel: Logger.Level
  private let label: String
  private let isTerminal: Bool

  /// Makes a handler; `isTerminal` chooses words instead of JSON, nil asks the system.
  public init(label: String, level: Logger.Level, isTerminal: Bool? = nil) {
    self.label = label
    logLevel = level
    self.isTerminal = isTerminal ?? (isatty(STDERR_FILENO) == 1)
  }

  /// One item of the metadata.
  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  /// Writes an event; the line goes out in one call, so that lines of several threads never mix.
  public func log(event: LogEvent) {
    var all = metadata
    if let own = event.metadata { all.merge(own) { $1 } }
    if let error = event.error { all["error"] = "\(error)" }
    let pairs = all.sorted { $0.key < $1.key }.map { ($0.key, "\($0.value)") }
    let time = Timestamp.text(Date())
    let message = event.message.description
    let line =
      isTerminal
      ? LogLine.plain(time: time, level: event.level, message: message, metadata: pairs)
      : LogLine.json(time: time, level: event.level, label: label, message: message, metadata: pairs)
    let bytes = Array((line + "\n").utf8)
    // Nobody can be told when standard error itself fails.
    _ = unsafe bytes.withUnsafeBytes { unsafe write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}
