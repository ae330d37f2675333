import Checkpoints
public import Tensors

/// A convolution of [batch, height, width, channels].
public struct Conv2d: Sendable {
  private let packed: PackedConv

  /// Takes `weight` [outputs, inputs, kernel, kernel] and `bias` [outputs].
  ///
  /// `rows`: only these outputs, for layers whose outputs are used apart.
  public init(
    _ loader: LayerLoader, inputs: Int, outputs: Int, kernel: Int, rows: Range<Int>? = nil
  ) throws {
    let rows = rows ?? 0..<outputs
    let whole = try loader.weights.tensor("weight", shape: [outputs, inputs, kernel, kernel])
    let weight = whole.rows(rows)
    let bias = try loader.weights.tensor("bias", shape: [outputs]).rows(rows)
    guard rows == 0..<outputs else {
      packed = try Self.pack(weight, bias, on: loader.backend)
      return
    }
    packed = try LayerLoader.packed([loader], bytes: { $0.bytes }) {
      guard let changed = try loader.changed(whole) else {
        return try Self.pack(weight, bias, on: loader.backend)
      }
      defer { weight.releasePages() }
      return try PackedConv(
        on: loader.backend, weight: changed, shape: Shape(whole.shape), bias: bias.floats())
    }
  }

  private static func pack(
    _ weight: StoredTensor, _ bias: StoredTensor, on backend: Backend
  ) throws(TensorError) -> PackedConv {
    defer { weight.releasePages() }
    return try weight.withSource { weight throws(TensorError) in
      try bias.withSource { bias throws(TensorError) in
        try PackedConv(on: backend, weight: weight, bias: bias)
      }
    }
  }

  /// Convolves x, and the channels of `skip` after its own if there are any, both through `norm` if given.
  public func callAsFunction(
    _ x: Tensor, _ geometry: ConvGeometry = .same, concatenating skip: Tensor? = nil,
    normalisedBy norm: InputNorm? = nil, then epilogue: Epilogue = Epilogue()
  ) throws(TensorError) -> Tensor {
    try x.conv(packed, geometry, concatenating: skip, normalisedBy: norm, then: epilogue)
  }
}
