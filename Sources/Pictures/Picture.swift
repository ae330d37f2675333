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

  /// The picture in another size.
  public func resized(width: Int, height: Int, _ filter: ResampleFilter = .lanczos) -> Picture {
    Picture(
      width: width, height: height,
      rgb: Resampling.resize(
        rgb, channels: 3, from: (self.width, self.height), to: (width, height), filter))
  }

  /// The part of the picture in a box.
  public func cropped(_ box: PixelBox) -> Picture {
    Picture(
      width: box.width, height: box.height, rgb: Resampling.crop(rgb, channels: 3, width: width, box))
  }

  /// This picture where `mask` is 0, `other` where it is 255, and a mixture between; all of one size.
  ///
  /// Where the mask is 0 the bytes are this picture's own.
  public func covered(by other: Picture, where mask: Mask) -> Picture {
    var result = rgb
    for (pixel, share) in mask.values.enumerated() where share != 0 {
      for index in pixel * 3..<pixel * 3 + 3 {
        let mixed = Int(rgb[index]) * (255 - Int(share)) + Int(other.rgb[index]) * Int(share)
        result[index] = UInt8((mixed + 127) / 255)
      }
    }
    return Picture(width: width, height: height, rgb: result)
  }

  /// This picture with `other` put into it, its left upper corner at a box's.
  public func replacing(_ box: PixelBox, with other: Picture) -> Picture {
    var result = rgb
    for y in 0..<box.height {
      let (to, from) = (((box.top + y) * width + box.left) * 3, y * box.width * 3)
      result.replaceSubrange(to..<to + box.width * 3, with: other.rgb[from..<from + box.width * 3])
    }
    return Picture(width: width, height: height, rgb: result)
  }

  /// The picture with as many pixels more on each side, which repeat its edge.
  public func extended(left: Int, top: Int, right: Int, bottom: Int) -> Picture {
    let columns = (-left..<width + right).map { min(max($0, 0), width - 1) }
    let rows = (-top..<height + bottom).map { min(max($0, 0), height - 1) }
    var result: [UInt8] = []
    result.reserveCapacity(columns.count * rows.count * 3)
    for y in rows {
      for x in columns { result += rgb[(y * width + x) * 3..<(y * width + x) * 3 + 3] }
    }
    return Picture(width: columns.count, height: rows.count, rgb: result)
  }
}
