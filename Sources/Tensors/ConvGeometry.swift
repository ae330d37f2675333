/// How a convolution walks over its input.
public struct ConvGeometry: Sendable, Hashable {
  /// Zeros around the input, in pixels.
  public struct Padding: Sendable, Hashable {
    /// Rows or columns added on each side.
    public var top, left, bottom, right: Int

    /// Padding of each side.
    public init(top: Int, left: Int, bottom: Int, right: Int) {
      self.top = top
      self.left = left
      self.bottom = bottom
      self.right = right
    }

    /// The same on all sides.
    public static func all(_ pixels: Int) -> Padding {
      Padding(top: pixels, left: pixels, bottom: pixels, right: pixels)
    }

    /// The VAE encoder's (0, 1, 0, 1): one column at the right and one row at the bottom.
    public static let bottomRight = Padding(top: 0, left: 0, bottom: 1, right: 1)
  }

  /// 1 or 2 as a rule.
  public var stride: Int
  /// Nil: half the kernel on all sides, which keeps the size at stride 1.
  public var padding: Padding?
  /// The size to which the input is enlarged by nearest neighbour before the kernel sees it.
  public var enlargedTo: (height: Int, width: Int)? {
    get { enlarged.map { ($0.height, $0.width) } }
    set { enlarged = newValue.map { Size(height: $0.height, width: $0.width) } }
  }

  private struct Size: Sendable, Hashable { var height, width: Int }
  private var enlarged: Size?

  /// Makes a geometry; the default keeps the size.
  public init(stride: Int = 1, padding: Padding? = nil, enlargedTo: (height: Int, width: Int)? = nil) {
    self.stride = stride
    self.padding = padding
    self.enlargedTo = enlargedTo
  }

  /// Stride 1 and half the kernel as padding: the output has the input's size.
  public static let same = ConvGeometry()
  /// Stride 2, symmetric padding: a UNet's downsampler.
  public static let halving = ConvGeometry(stride: 2)
  /// Stride 2, padding (0, 1, 0, 1): a VAE encoder's downsampler.
  public static let halvingBottomRight = ConvGeometry(stride: 2, padding: .bottomRight)
  /// Enlarges to an explicit size, odd sizes included, then convolves.
  public static func enlarging(height: Int, width: Int) -> ConvGeometry {
    ConvGeometry(enlargedTo: (height, width))
  }
}
