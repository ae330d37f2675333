import Logging

/// Spells one log event as one line: JSON for machines, plain words for a terminal.
///
/// Control characters are escaped and every field is cut at 2 KiB, so that a client's text can
/// neither forge a line nor flood the log.
enum LogLine {
  private static let maxFieldBytes = 2048

  /// One JSON object, without the line break.
  static func json(
    time: String, level: Logger.Level, label: String, message: String, metadata: [(String, String)]
  ) -> String {
    var fields = [("time", time), ("level", level.rawValue), ("label", label), ("message", message)]
    let taken = Set(fields.map(\.0))
    fields += metadata.map { (taken.contains($0.0) ? "meta_" + $0.0 : $0.0, $0.1) }
    return "{" + fields.map { quoted($0.0) + ":" + quoted(cut($0.1)) }.joined(separator: ",") + "}"
  }

  /// One readable line, without the line break.
  static func plain(
    time: String, level: Logger.Level, message: String, metadata: [(String, String)]
  ) -> String {
    let details = metadata.map { " " + escaped($0.0) + "=" + escaped(cut($0.1)) }.joined()
    let mark = level >= .warning ? level.rawValue + ": " : ""
    return time + " " + mark + escaped(cut(message)) + details
  }

  private static func cut(_ text: String) -> String {
    text.utf8.count <= maxFieldBytes
      ? text : String(decoding: text.utf8.prefix(maxFieldBytes), as: UTF8.self) + "…"
  }

  private static func quoted(_ text: String) -> String {
    "\"" + text.unicodeScalars.map { $0 == "\"" ? "\\\"" : $0 == "\\" ? "\\\\" : escaped($0) }.joined() + "\""
  }

  private static func escaped(_ text: String) -> String {
    text.unicodeScalars.map(escaped).joined()
  }

  /// A scalar, or `\uXXXX` for controls, line separators and direction marks.
  private static func escaped(_ scalar: Unicode.Scalar) -> String {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator:
      scalar.utf16.map { unit in
        let digits = String(unit, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      }.joined()
    default: String(Character(scalar))
    }
  }
}
