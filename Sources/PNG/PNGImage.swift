/// An 8-bit RGB picture and its texts.
public struct PNGImage: Equatable, Sendable {
  /// Pixels in a row.
  public let width: Int
  /// Rows.
  public let height: Int
  /// Rows from the top, three bytes a pixel.
  public let pixels: [UInt8]
  /// Text chunks in the file's order.
  public var texts: [PNGText]

  /// Makes a picture.
  ///
  /// Throws `wrongPixelCount`.
  public init(width: Int, height: Int, pixels: [UInt8], texts: [PNGText] = []) throws(PNGError) {
    let (area, overflow) = width.multipliedReportingOverflow(by: height)
    let (expected, overflow3) = area.multipliedReportingOverflow(by: 3)
    guard width > 0, height > 0, !overflow, !overflow3, pixels.count == expected,
      UInt32(exactly: width) != nil, UInt32(exactly: height) != nil
    else {
      throw .wrongPixelCount(expected: overflow || overflow3 ? Int.max : expected, found: pixels.count)
    }
    self.init(checked: width, height, pixels, texts)
  }

  init(checked width: Int, _ height: Int, _ pixels: [UInt8], _ texts: [PNGText]) {
    self.width = width
    self.height = height
    self.pixels = pixels
    self.texts = texts
  }
}
