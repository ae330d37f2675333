/// A picture's pixels.
public struct Picture: Equatable, Sendable {
  /// Pixels in a row.
  public let width: Int
  /// Rows.
  public let height: Int
  /// Rows from the top, red, green and blue of each pixel.
  public let rgb: [UInt8]

  /// Makes a picture of width × height × 3 bytes.
  public init(width: Int, height: Int, rgb: [UInt8]) {
    self.width = width
    self.height = height
    self.rgb = rgb
  }
}
