public import Checkpoints
import Synchronization

/// What is added to a network's weights before they are packed, and where packed weights are kept.
///
/// The files' own weights are never changed: a module without updates is packed from its file, bit for bit.
public struct Adaptation: Sendable {
  /// Where packed weights are kept.
  let store: PackedStore
  private let component: String
  private let updates: [String: [LowRankUpdate]]
  private let merger: LowRankMerger
  private let unused: Paths

  /// The paths of updates that no layer asked for yet.
  private final class Paths: Sendable {
    let all: Mutex<Set<String>>
    init(_ paths: Set<String>) { all = Mutex(paths) }
  }

  /// - Parameters:
  ///   - component: Tells networks apart in one store.
  ///   - updates: By the path of the module whose `weight` they change, in the order they are added.
  public init(
    component: String, updates: [String: [LowRankUpdate]] = [:], store: PackedStore, merger: LowRankMerger
  ) {
    self.component = component
    self.updates = updates
    self.store = store
    self.merger = merger
    unused = Paths(Set(updates.keys))
  }

  /// The name of a place in the store.
  func place(_ path: String) -> String { "\(component):\(path)" }

  /// What is added there, as a text that is equal only for equal changes; empty for nothing.
  func changes(at path: String) -> String {
    guard let updates = updates[path] else { return "" }
    unused.all.withLock { _ = $0.remove(path) }
    return updates.map(\.key).joined(separator: "+")
  }

  /// Ends loading.
  /// - Throws: `CheckpointError.unknownLayout` that names the matrix of a module to which nothing can be added: a
  ///   norm, an embedding.
  public func finish() throws(CheckpointError) {
    let left = unused.all.withLock { $0 }
    guard let path = left.min(), let update = updates[path]?.first else { return }
    throw .unknownLayout(
      file: update.file.label,
      reason:
        "tensor '\(update.pair.down)' is for '\(path)', which is neither a linear layer nor a convolution")
  }

  /// The weight of the module at `path` as float32 with everything added; nil if nothing is.
  /// - Throws: `CheckpointError`, `TensorError`.
  func changed(_ weight: StoredTensor, at path: String) throws -> [Float]? {
    guard let updates = updates[path] else { return nil }
    var values = weight.floats()
    for update in updates { try merger.add(update, to: &values, shape: weight.shape) }
    return values
  }
}

/// One LoRA's part for one module: scale · (up · down) is added to its weight.
public struct LowRankUpdate: Sendable {
  /// Equal only for the same matrices at the same scale.
  public let key: String
  let file: LoRAFile
  let pair: LoRAPair
  let multiplier: Float

  /// - Parameters:
  ///   - identity: Tells the file, as it is now, from every other.
  ///   - multiplier: The weight a prompt asks for; alpha / rank comes to it.
  public init(identity: String, file: LoRAFile, pair: LoRAPair, multiplier: Float) {
    key = "\(identity)*\(multiplier)"
    self.file = file
    self.pair = pair
    self.multiplier = multiplier
  }
}
