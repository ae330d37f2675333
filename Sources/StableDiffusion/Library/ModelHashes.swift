internal import Checkpoints

/// SHA-256 of models (folders: the UNet's weights; single files: all), remembered by file size and time of change.
///
/// Any thread may ask; `compute` reads every byte, so it belongs on a thread of its own.
public final class ModelHashes: Sendable {
  private struct Entry: Codable, Equatable {
    /// Size and time of change of each weight file, in the order of their names.
    var stamp: [String]
    var sha256: String
  }

  private let cache: HashCache<Entry>

  /// Starts with what an earlier run wrote to `cacheFile`; nil remembers in memory only.
  public init(cacheFile: String? = nil) { cache = HashCache(file: cacheFile) }

  /// The hash, if the files are as they were when it was computed.
  public func known(_ model: LibraryModel) -> String? {
    guard let stamp = try? Self.stamp(model) else { return nil }
    return cache.entry(model.path).flatMap { $0.stamp == stamp ? $0.sha256 : nil }
  }

  /// The hash, computed unless it is known.
  /// - Throws: `CheckpointError` for files that cannot be read.
  public func compute(_ model: LibraryModel) throws -> String {
    if let known = known(model) { return known }
    let stamp = try Self.stamp(model)
    let hash = try model.open().sha256()
    cache.keep(Entry(stamp: stamp, sha256: hash), for: model.path)
    return hash
  }

  private static func stamp(_ model: LibraryModel) throws -> [String] {
    try model.open().identifyingFiles().map { "\($0) \(try FileStamp(path: $0).text)" }
  }
}
