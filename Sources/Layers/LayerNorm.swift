public import Tensors

/// Layer normalisation (Ba 2016) of the innermost extent.
public struct LayerNorm: Sendable {
  private let scale: Tensor
  private let shift: Tensor
  private let epsilon: Float

  /// Takes `weight` and `bias`, both [columns].
  public init(_ loader: LayerLoader, columns: Int, epsilon: Float = 1e-5) throws {
    scale = try loader.parameter("weight", shape: [columns])
    shift = try loader.parameter("bias", shape: [columns])
    self.epsilon = epsilon
  }

  /// Normalises each row.
  public func callAsFunction(_ x: Tensor) throws(TensorError) -> Tensor {
    try x.layerNorm(scale: scale, shift: shift, epsilon: epsilon)
  }
}
