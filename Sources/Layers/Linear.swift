import Checkpoints
public import Tensors

/// x·Wᵀ + b over the innermost extent.
public struct Linear: Sendable {
  private let packed: PackedLinear

  /// Takes `weight` [outputs, inputs] and, if `bias`, `bias` [outputs].
  ///
  /// `pointwise`: the file has a 1×1 convolution, [outputs, inputs, 1, 1]. `gated`: twice as many rows, values
  /// then gates (GEGLU).
  public init(
    _ loader: LayerLoader, inputs: Int, outputs: Int, bias: Bool = true, gated: Bool = false,
    pointwise: Bool = false
  ) throws {
    let rows = gated ? 2 * outputs : outputs
    let weight = try loader.weights.tensor(
      "weight", shape: pointwise ? [rows, inputs, 1, 1] : [rows, inputs])
    let offset = bias ? try loader.weights.tensor("bias", shape: [rows]) : nil
    packed = try LayerLoader.packed([loader], bytes: { $0.bytes }) {
      guard let changed = try loader.changed(weight) else {
        return try PackedLinear(on: loader.backend, weight, bias: offset, gated: gated)
      }
      defer { weight.releasePages() }
      return try PackedLinear(
        on: loader.backend, weight: changed, outputs: rows, inputs: inputs, bias: offset?.floats(),
        gated: gated)
    }
  }

  /// Joins layers that read the same input into one product: [outputs of the first, of the second, …].
  ///
  /// For queries, keys and values, which attention then reads as columns.
  public init(
    joining loaders: [LayerLoader], inputs: Int, outputs: Int, bias: Bool = false
  ) throws {
    let stored = try loaders.map { try $0.weights.tensor("weight", shape: [outputs, inputs]) }
    let biases = bias ? try loaders.map { try $0.weights.tensor("bias", shape: [outputs]) } : nil
    packed = try LayerLoader.packed(loaders, bytes: { $0.bytes }) {
      let weights = try JoinedTensors(stored) { try loaders[$0].changed(stored[$0]) }
      let offsets = try biases.map { try JoinedTensors($0) }
      return try weights.withSource(shape: [loaders.count * outputs, inputs]) {
        weight throws(TensorError) in
        guard let offsets else { return try PackedLinear(on: loaders[0].backend, weight: weight) }
        return try offsets.withSource(shape: [loaders.count * outputs]) { offset throws(TensorError) in
          try PackedLinear(on: loaders[0].backend, weight: weight, bias: offset)
        }
      }
    }
  }

  /// activation(x·Wᵀ + b) + residual; gated: value·gelu(gate) + residual.
  public func callAsFunction(
    _ x: Tensor, activation: Activation = .none, residual: Tensor? = nil
  ) throws(TensorError) -> Tensor {
    try x.linear(packed, activation: activation, residual: residual)
  }
}

extension PackedLinear {
  init(
    on backend: Backend, _ weight: StoredTensor, bias: StoredTensor?, gated: Bool
  ) throws(TensorError) {
    defer { weight.releasePages() }
    self = try weight.withSource { weight throws(TensorError) in
      guard let bias else { return try PackedLinear(on: backend, weight: weight, gated: gated) }
      return try bias.withSource { bias throws(TensorError) in
        try PackedLinear(on: backend, weight: weight, bias: bias, gated: gated)
      }
    }
  }
}
