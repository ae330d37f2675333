internal import FoundationEssentials
internal import HTTPTypes
internal import Hashes
internal import Sockets

/// The files of a folder, read once at start.
///
/// The table is the only thing a request is looked up in: no text of a client ever becomes a path. Hidden files
/// and links that lead out of the folder are left out. A page of some hundred kilobytes is held in memory.
public struct StaticFiles: Sendable {
  /// Why a folder cannot be served.
  public enum LoadError: Error, Equatable, Sendable {
    /// The folder does not exist or cannot be read.
    case unreadable(String)
    /// All files together exceed the limit.
    case tooLarge(limit: Int)
  }

  private var entries: [[String]: StaticFile] = [:]

  /// The request paths that are served, sorted.
  public var paths: [String] {
    entries.keys.map { "/" + $0.joined(separator: "/") }.sorted()
  }

  /// Reads every file below `folder`, at most `limit` bytes in all; `index.html` also answers for its folder.
  ///
  /// Blocks on the file system. Throws `LoadError`.
  public init(folder: String, limit: Int = 32 * 1024 * 1024) throws(LoadError) {
    var total = 0
    try load(folder, segments: [], total: &total, limit: limit)
  }

  /// The response to a request for a file; `nil` when there is none of that name or the method is another.
  public func response(to head: RequestHead) -> Response? {
    guard let entry = entries[head.target.segments] else { return nil }
    guard head.method == .get || head.method == .head else {
      return .otherMethod(head.method, allow: "GET, HEAD, OPTIONS")
    }
    return entry.response(to: head)
  }

  private mutating func load(
    _ folder: String, segments: [String], total: inout Int, limit: Int
  ) throws(LoadError) {
    let files = FileManager.default
    guard segments.count < 16, let names = try? files.contentsOfDirectory(atPath: folder) else {
      throw .unreadable(segments.joined(separator: "/"))
    }
    for name in names.sorted() where !name.hasPrefix(".") {
      let path = folder + "/" + name
      guard let attributes = try? files.attributesOfItem(atPath: path) else { continue }
      let kind = attributes[.type] as? FileAttributeType
      if kind == .typeDirectory {
        try load(path, segments: segments + [name], total: &total, limit: limit)
      } else if kind == .typeRegular {
        guard let data = files.contents(atPath: path) else {
          throw .unreadable((segments + [name]).joined(separator: "/"))
        }
        total += data.count
        if total > limit { throw .tooLarge(limit: limit) }
        let modified = (attributes[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
        // Never later than the Date it is sent with (RFC 9110 section 8.8.2.1).
        add(Array(data), name, segments, modified: min(Int64(modified), WallClock.seconds))
      }
    }
  }

  /// Texts of up to a mebibyte are compressed once; larger ones would hold up the start.
  private func compressed(_ bytes: [UInt8], _ type: String) -> [UInt8]? {
    let isText =
      type.hasPrefix("text/") || type.hasPrefix("application/") && type != "application/octet-stream"
    guard isText || type == "image/svg+xml", bytes.count <= 1 << 20 else { return nil }
    let smaller = Gzip.compress(bytes)
    return smaller.count < bytes.count ? smaller : nil
  }

  private mutating func add(_ bytes: [UInt8], _ name: String, _ segments: [String], modified: Int64) {
    let digest = Hexadecimal.text(SHA256.hash(data: bytes).prefix(16))
    let type = ContentType.of(name)
    let entry = StaticFile(
      FileVersions(
        bytes: bytes, gzip: compressed(bytes, type), contentType: type, entityTag: "\"\(digest)\"",
        modifiedSeconds: modified))
    entries[segments + [name]] = entry
    guard name == "index.html" else { return }
    entries[segments.isEmpty ? [] : segments + [""]] = entry
  }
}
