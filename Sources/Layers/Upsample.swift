public import Tensors

/// Nearest-neighbour enlargement followed by a convolution, in one pass.
public struct Upsample: Sendable {
  private let conv: Conv2d

  /// Takes `conv` [channels, channels, 3, 3].
  public init(_ loader: LayerLoader, channels: Int) throws {
    conv = try Conv2d(loader["conv"], inputs: channels, outputs: channels, kernel: 3)
  }

  /// [batch, h, w, channels] → [batch, height, width, channels], any size.
  public func callAsFunction(_ x: Tensor, height: Int, width: Int) throws(TensorError) -> Tensor {
    try conv(x, .enlarging(height: height, width: width))
  }
}
