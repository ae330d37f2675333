public import Tensors

/// A convolution of stride 2 that halves the picture.
public struct Downsample: Sendable {
  private let conv: Conv2d
  private let geometry: ConvGeometry

  /// Takes `conv` [channels, channels, 3, 3]; an autoencoder pads below and on the right only.
  public init(_ loader: LayerLoader, channels: Int, geometry: ConvGeometry) throws {
    conv = try Conv2d(loader["conv"], inputs: channels, outputs: channels, kernel: 3)
    self.geometry = geometry
  }

  /// [batch, height, width, channels] → half the height and width.
  public func callAsFunction(_ x: Tensor) throws(TensorError) -> Tensor {
    try conv(x, geometry)
  }
}

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
