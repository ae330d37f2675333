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

  /// Makes a loader at the root of a component.
  public init(_ weights: Weights, backend: Backend) {
    self.weights = weights
    self.backend = backend
  }

  /// The place named `name` below this one.
  public subscript(_ name: String) -> LayerLoader { LayerLoader(weights[name], backend: backend) }

  /// The place numbered `index` below this one.
  public subscript(_ index: Int) -> LayerLoader { LayerLoader(weights[index], backend: backend) }

  /// A parameter kept as float32: scales and shifts of norms.
  func parameter(_ name: String, shape: [Int]) throws -> Tensor {
    let stored = try weights.tensor(name, shape: shape)
    defer { stored.releasePages() }
    return try stored.withSource { source throws(TensorError) in try backend.parameters(source) }
  }

  /// A table stored as activations are: embeddings.
  func table(_ name: String, shape: [Int]) throws -> Tensor {
    let stored = try weights.tensor(name, shape: shape)
    defer { stored.releasePages() }
    return try stored.withSource { source throws(TensorError) in try backend.tensor(source) }
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
