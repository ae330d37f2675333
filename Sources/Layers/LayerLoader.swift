public import Checkpoints
public import Tensors

/// Where a layer finds its weights, and the device it packs them for.
///
/// `loader["attn1"]` is the place of a part; a layer's initialiser takes its tensors there. Weights are packed
/// at once and the file's pages given back, so that a model is never in memory twice.
public struct LayerLoader: Sendable {
  /// The place in the tree of names.
  public let weights: Weights
  /// The device.
  public let backend: Backend
  /// What is added to weights; nil: nothing, and nothing is kept for another load.
  let adaptation: Adaptation?

  /// Makes a loader at the root of a component.
  public init(_ weights: Weights, backend: Backend, adaptation: Adaptation? = nil) {
    self.weights = weights
    self.backend = backend
    self.adaptation = adaptation
  }

  /// The place named `name` below this one.
  public subscript(_ name: String) -> LayerLoader {
    LayerLoader(weights[name], backend: backend, adaptation: adaptation)
  }

  /// The place numbered `index` below this one.
  public subscript(_ index: Int) -> LayerLoader { self["\(index)"] }

  /// A parameter kept as float32: scales and shifts of norms.
  func parameter(_ name: String, shape: [Int]) throws -> Tensor {
    let stored = try weights.tensor(name, shape: shape)
    return try kept(name) {
      defer { stored.releasePages() }
      return try stored.withSource { source throws(TensorError) in try backend.parameters(source) }
    }
  }

  /// A table stored as activations are: embeddings.
  func table(_ name: String, shape: [Int]) throws -> Tensor {
    let stored = try weights.tensor(name, shape: shape)
    return try kept(name) {
      defer { stored.releasePages() }
      return try stored.withSource { source throws(TensorError) in try backend.tensor(source) }
    }
  }

  private func kept(_ name: String, _ make: () throws -> Tensor) throws -> Tensor {
    guard let adaptation else { return try make() }
    return try adaptation.store.value(
      at: adaptation.place("\(weights.path).\(name)"), changes: "", bytes: { $0.count * $0.type.size },
      make: make)
  }

  /// The packed form of the weights of modules that are packed as one, from the store if it was made before.
  static func packed<Packed: Sendable>(
    _ loaders: [LayerLoader], bytes: (Packed) -> Int, _ make: () throws -> Packed
  ) throws -> Packed {
    guard let adaptation = loaders.first?.adaptation else { return try make() }
    let paths = loaders.map(\.weights.path)
    let changes = paths.map(adaptation.changes)
    return try adaptation.store.value(
      at: adaptation.place(paths.joined(separator: "|")),
      changes: changes.allSatisfy(\.isEmpty) ? "" : changes.joined(separator: "|"), bytes: bytes, make: make)
  }

  /// The weight with what is added to it, in float32; nil if nothing is.
  func changed(_ weight: StoredTensor) throws -> [Float]? {
    try adaptation?.changed(weight, at: weights.path)
  }
}

extension StoredTensor {
  /// Lends the bytes in the form the tensor layer takes.
  func withSource<Result>(
    _ body: (WeightSource) throws(TensorError) -> Result
  ) throws(TensorError) -> Result {
    try withUnsafeBytes { bytes throws(TensorError) in
      try body(WeightSource(bytes: bytes, type: type.tensorType, shape: Shape(shape)))
    }
  }
}

extension Checkpoints.ElementType {
  /// The tensor layer's name for a weight's type.
  var tensorType: Tensors.ElementType {
    switch self {
    case .float16: .float16
    case .bfloat16: .bfloat16
    default: .float32
    }
  }
}
