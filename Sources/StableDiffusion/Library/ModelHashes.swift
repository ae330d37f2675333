internal import Checkpoints
import FoundationEssentials
internal import Synchronization

/// SHA-256 of models (folders: the UNet's weights; single files: all), remembered by file size and time of change.
///
/// Any thread may ask; `compute` reads every byte, so it belongs on a thread of its own.
public final class ModelHashes: Sendable {
  private struct Entry: Codable, Equatable {
    /// Size and time of change of each weight file, in the order of their names.
    var stamp: [String]
    var sha256: String
  }

  private let cacheFile: String?
  private let entries: Mutex<[String: Entry]>

  /// Starts with what an earlier run wrote to `cacheFile`; nil remembers in memory only.
  public init(cacheFile: String? = nil) {
    self.cacheFile = cacheFile
    var known: [String: Entry] = [:]
    // A cache that is absent or damaged is only a cache: everything is computed again.
    if let cacheFile, let data = FileManager.default.contents(atPath: cacheFile) {
      known = (try? JSONDecoder().decode([String: Entry].self, from: data)) ?? [:]
    }
    entries = Mutex(known)
  }

  /// The hash, if the files are as they were when it was computed.
  public func known(_ model: LibraryModel) -> String? {
    guard let stamp = try? Self.stamp(model) else { return nil }
    return entries.withLock { entries in
      entries[model.path].flatMap { $0.stamp == stamp ? $0.sha256 : nil }
    }
  }

  /// The hash, computed unless it is known.
  /// - Throws: `CheckpointError` for files that cannot be read.
  public func compute(_ model: LibraryModel) throws -> String {
    if let known = known(model) { return known }
    let stamp = try Self.stamp(model)
    let hash = try model.open().sha256()
    let all = entries.withLock { entries in
      entries[model.path] = Entry(stamp: stamp, sha256: hash)
      return entries
    }
    // Without a place to remember it the hash is still right; the next run computes it again.
    if let cacheFile { try? save(all, to: cacheFile) }
    return hash
  }

  private func save(_ entries: [String: Entry], to file: String) throws {
    let folder = URL(filePath: file).deletingLastPathComponent()
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    try encoder.encode(entries).write(to: URL(filePath: file), options: .atomic)
  }

  private static func stamp(_ model: LibraryModel) throws -> [String] {
    try model.open().identifyingFiles().map { file in
      let url = URL(filePath: file).resolvingSymlinksInPath()
      let attributes = try FileManager.default.attributesOfItem(atPath: url.path)
      let size =
        (attributes[.size] as? Int) ?? (attributes[.size] as? any BinaryInteger).map { Int(clamping: $0) }
        ?? -1
      let changed = (attributes[.modificationDate] as? Date)?.timeIntervalSince1970 ?? -1
      return "\(file) \(size) \(changed)"
    }
  }
}
