public import FoundationEssentials

/// What tells a file from what it was before: its size and its time of change, links followed.
public struct FileStamp: Sendable {
  /// Bytes; nil where the system does not say.
  public let size: Int?
  /// When it changed; nil where the system does not say.
  public let modified: Date?

  /// Asks the system.
  /// - Throws: What Foundation throws for a file that is not there.
  public init(path: String) throws {
    let path = URL(filePath: path).resolvingSymlinksInPath().path
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    // Which kind of number it is differs from one of Foundation's libraries to the other.
    size = (attributes[.size] as? Int) ?? (attributes[.size] as? any BinaryInteger).map { Int(clamping: $0) }
    modified = attributes[.modificationDate] as? Date
  }

  /// Both as a text to keep; -1 for what is not known.
  var text: String { "\(size ?? -1) \(modified?.timeIntervalSince1970 ?? -1)" }
}
