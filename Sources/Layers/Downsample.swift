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
