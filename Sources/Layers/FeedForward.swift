public import Tensors

/// Two linear layers with a gated GELU between them (GEGLU, Shazeer 2020), four times as wide inside.
public struct FeedForward: Sendable {
  private let gated: Linear
  private let output: Linear

  /// Takes `net.0.proj` [8·width, width] and `net.2` [width, 4·width].
  public init(_ loader: LayerLoader, width: Int) throws {
    gated = try Linear(loader["net"][0]["proj"], inputs: width, outputs: 4 * width, gated: true)
    output = try Linear(loader["net"][2], inputs: 4 * width, outputs: width)
  }

  /// [batch, rows, width] → the same; `residual` is added.
  public func callAsFunction(_ x: Tensor, residual: Tensor) throws(TensorError) -> Tensor {
    try output(gated(x), residual: residual)
  }
}
