/// A place in a component's tree of tensors: a path and the source behind it.
///
/// `weights["down_blocks"][0]` is the place below; `tensor("weight", shape: …)` takes a tensor there. What
/// was never taken is an error in `finish`.
public struct Weights: Sendable {
  /// The names from the root to here, joined by dots; empty at the root.
  public let path: String
  private let store: TensorStore

  init(store: TensorStore) {
    path = ""
    self.store = store
  }

  /// Weights from one file, for tests and for checkpoints that are not folders.
  public init(_ file: any TensorFile, component: String) throws(CheckpointError) {
    self.init(store: try TensorStore(files: [file], component: component))
  }

  private init(path: String, store: TensorStore) {
    self.path = path
    self.store = store
  }

  /// The place named `name` below this one.
  public subscript(_ name: String) -> Weights { Weights(path: full(name), store: store) }

  /// The place numbered `index` below this one.
  public subscript(_ index: Int) -> Weights { self["\(index)"] }

  /// The paths of all modules of the component that have a `weight`, from its root.
  public var modulePaths: [String] {
    store.names.filter { $0.hasSuffix(".weight") }.map { String($0.dropLast(".weight".count)) }
  }

  /// Whether there is a tensor `name` here.
  public func contains(_ name: String) -> Bool { store.contains(full(name)) }

  /// The tensor `name`, which must have exactly `shape`.
  public func tensor(_ name: String, shape: [Int]) throws(CheckpointError) -> StoredTensor {
    let tensor = try store.tensor(full(name))
    guard tensor.shape == shape else {
      throw .wrongShape(name: tensor.name, expected: shape, found: tensor.shape)
    }
    return tensor
  }

  /// Ends loading: throws `.unusedTensors` if tensors were never taken and `isAllowed` does not know them.
  public func finish(allowing isAllowed: (String) -> Bool = { _ in false }) throws(CheckpointError) {
    try store.finish(allowing: isAllowed)
  }

  private func full(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }
}
