/// One value a pixel: 255 where something is to change, 0 where nothing is.
public struct Mask: Equatable, Sendable {
  /// Pixels in a row.
  public let width: Int
  /// Rows.
  public let height: Int
  /// Rows from the top, one byte a pixel.
  public var values: [UInt8]

  /// Makes a mask of width × height bytes.
  public init(width: Int, height: Int, values: [UInt8]) {
    precondition(values.count == width * height, "a mask has one byte a pixel")
    self.width = width
    self.height = height
    self.values = values
  }

  /// A mask of one value.
  public init(width: Int, height: Int, filledWith value: UInt8) {
    self.init(width: width, height: height, values: [UInt8](repeating: value, count: width * height))
  }

  /// Whether nothing is to change.
  public var isBlank: Bool { !values.contains { $0 != 0 } }

  /// 255 where this is 0 and so on.
  public var inverted: Mask { Mask(width: width, height: height, values: values.map { 255 - $0 }) }

  /// The mask in another size; see `Picture.resized`.
  public func resized(width: Int, height: Int, _ filter: ResampleFilter = .bicubic) -> Mask {
    Mask(
      width: width, height: height,
      values: Resampling.resize(
        values, channels: 1, from: (self.width, self.height), to: (width, height), filter))
  }

  /// The part of the mask in a box.
  public func cropped(_ box: PixelBox) -> Mask {
    Mask(
      width: box.width, height: box.height,
      values: Resampling.crop(values, channels: 1, width: width, box))
  }

  /// The smallest box around everything that is to change; nil for a blank mask.
  public var bounds: PixelBox? {
    var box: PixelBox?
    for y in 0..<height {
      let row = values[y * width..<(y + 1) * width]
      guard let first = row.firstIndex(where: { $0 != 0 }), let last = row.lastIndex(where: { $0 != 0 })
      else {
        continue
      }
      let (left, right) = (first - y * width, last - y * width + 1)
      box = PixelBox(
        left: min(left, box?.left ?? left), top: box?.top ?? y, right: max(right, box?.right ?? right),
        bottom: y + 1)
    }
    return box
  }
}
