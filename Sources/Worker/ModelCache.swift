import StableDiffusion
import Tensors

/// Loaded models, least recently used first, within a budget of bytes.
///
/// One model is always allowed: a budget smaller than it means that the next one replaces it.
struct ModelCache {
  private let backend: Backend
  private let budget: Int
  private let sharing: Int
  private var entries: [(path: String, stamp: ModelStamp, pipeline: Pipeline)] = []

  /// - Parameters:
  ///   - budget: Bytes of weight files kept loaded; nil for half of the device's memory.
  ///   - sharing: Jobs whose steps may be joined.
  init(backend: Backend, budget: Int? = nil, sharing: Int = 1) {
    self.backend = backend
    self.sharing = sharing
    self.budget = budget ?? (backend.memoryBytes ?? HostMemory.total() ?? 0) / 2
  }

  /// The loaded model of a folder or file; loads it, and drops others, when it is not there or has changed.
  ///
  /// - Throws: `CheckpointError`, `TensorError`, `TokenizerError`.
  mutating func pipeline(for folder: String) throws -> Pipeline {
    let stamp = try ModelStamp(folder: folder)
    if let index = entries.firstIndex(where: { $0.path == folder && $0.stamp == stamp }) {
      let entry = entries.remove(at: index)
      entries.append(entry)
      limitSpareWeights(of: entry.pipeline, entry.stamp)
      return entry.pipeline
    }
    entries.removeAll { $0.path == folder }
    makeRoom(for: stamp.bytes)
    let pipeline = try Pipeline(folder: ModelLibrary.open(path: folder), backend: backend, sharing: sharing)
    entries.append((folder, stamp, pipeline))
    limitSpareWeights(of: pipeline, stamp)
    return pipeline
  }

  /// What LoRAs replaced is kept as far as the budget goes, at most half a model: never two of them.
  private func limitSpareWeights(of pipeline: Pipeline, _ stamp: ModelStamp) {
    let left = budget - entries.reduce(0) { $0 + $1.stamp.bytes }
    pipeline.limit(spareBytes: min(max(left, 0), stamp.bytes / 2))
  }

  /// Whether the model is loaded as its files are now.
  func contains(_ folder: String) -> Bool {
    guard let stamp = try? ModelStamp(folder: folder) else { return false }
    return entries.contains { $0.path == folder && $0.stamp == stamp }
  }

  /// Gives the memory of every model back, but for one that is at work.
  mutating func removeAll(except folder: String? = nil) {
    entries.removeAll { $0.path != folder }
    backend.releaseCachedMemory()
  }

  private mutating func makeRoom(for bytes: Int) {
    while !entries.isEmpty, entries.reduce(bytes, { $0 + $1.stamp.bytes }) > budget {
      entries.removeFirst()
    }
    backend.releaseCachedMemory()
  }
}
