internal import Checkpoints

/// SHA-256 of the files that go with models, remembered by size and time of change.
///
/// Any thread may ask; computing reads every byte of a file.
public final class ExtraHashes: Sendable {
  private struct Entry: Codable, Equatable {
    var stamp: String
    /// Of the whole file.
    var sha256: String
    /// Of a safetensors file's tensors alone, which editing its metadata leaves as it is.
    var data: String?
  }

  private let cache: HashCache<Entry>

  /// Starts with what an earlier run wrote to `cacheFile`; nil remembers in memory only.
  public init(cacheFile: String? = nil) { cache = HashCache(file: cacheFile) }

  /// The hash of the whole file, if it was computed and the file is as it was then.
  public func known(_ file: ExtraFile) -> String? { entry(file)?.sha256 }

  /// The hash of the whole file, computed unless it is known.
  /// - Throws: `CheckpointError` for a file that cannot be read.
  @discardableResult public func compute(_ file: ExtraFile) throws -> String { try made(file).sha256 }

  /// The beginning of a hash, as AUTOMATIC1111 writes it into pictures: of a LoRA 12 digits of its tensors' hash, of an
  /// embedding 12 of the file's, of others 10.
  /// - Throws: `CheckpointError` for a file that cannot be read.
  public func short(_ file: ExtraFile) throws -> String {
    let entry = try made(file)
    return switch file.kind {
    case .lora: String((entry.data ?? entry.sha256).prefix(12))
    case .embedding: String(entry.sha256.prefix(12))
    case .hypernetwork, .vae: String(entry.sha256.prefix(10))
    }
  }

  private func entry(_ file: ExtraFile) -> Entry? {
    cache.entry(file.path).flatMap { $0.stamp == file.stamp ? $0 : nil }
  }

  private func made(_ file: ExtraFile) throws -> Entry {
    if let known = entry(file) { return known }
    let hashes = try FileHash.sha256(path: file.weightPath, label: file.fileName)
    let entry = Entry(stamp: file.stamp, sha256: hashes.whole, data: hashes.tensors)
    cache.keep(entry, for: file.path)
    return entry
  }
}
