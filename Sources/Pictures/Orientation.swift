/// How a camera was held: where the stored rows begin in the upright picture (Exif 2.32, tag 0x0112).
public enum Orientation: Int, Sendable, CaseIterable {
  case upright = 1
  case mirrored, upsideDown, flipped, transposed, turnedLeft, transversed, turnedRight

  /// Whether width and height change places.
  public var swapsSides: Bool { rawValue >= 5 }

  /// Reads the orientation of a TIFF structure, as Exif segments hold one; upright where it says nothing usable.
  public init(exif bytes: some Collection<UInt8>) {
    self = ExifDirectory(bytes)?.orientation ?? .upright
  }

  /// The bytes of a picture stored this way, upright.
  func apply(_ bytes: [UInt8], channels: Int, width: Int, height: Int) -> [UInt8] {
    let (newWidth, newHeight) = swapsSides ? (height, width) : (width, height)
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    for y in 0..<newHeight {
      for x in 0..<newWidth {
        let (column, row) = source(x, y, width, height)
        let start = (row * width + column) * channels
        result += bytes[start..<start + channels]
      }
    }
    return result
  }

  /// Where the pixel at x, y of the upright picture is stored.
  private func source(_ x: Int, _ y: Int, _ width: Int, _ height: Int) -> (Int, Int) {
    switch self {
    case .upright: (x, y)
    case .mirrored: (width - 1 - x, y)
    case .upsideDown: (width - 1 - x, height - 1 - y)
    case .flipped: (x, height - 1 - y)
    case .transposed: (y, x)
    case .turnedLeft: (y, height - 1 - x)
    case .transversed: (width - 1 - y, height - 1 - x)
    case .turnedRight: (width - 1 - y, x)
    }
  }
}
