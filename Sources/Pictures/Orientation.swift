/// How a camera was held: where the stored rows begin in the upright picture (Exif 2.32, tag 0x0112).
public enum Orientation: Int, Sendable, CaseIterable {
  case upright = 1
  case mirrored, upsideDown, flipped, transposed, turnedLeft, transversed, turnedRight

  /// Whether width and height change places.
  public var swapsSides: Bool { rawValue >= 5 }

  /// Reads the orientation of a TIFF structure, as Exif segments hold one; upright where it says nothing usable.
  public init(exif bytes: some Collection<UInt8>) {
    self = Self.read(Array(bytes)).flatMap(Orientation.init(rawValue:)) ?? .upright
  }

  private static func read(_ bytes: [UInt8]) -> Int? {
    guard bytes.count >= 8 else { return nil }
    let isLittle: Bool
    switch bytes[0..<2] {
    case [0x49, 0x49]: isLittle = true
    case [0x4D, 0x4D]: isLittle = false
    default: return nil
    }
    func number(_ offset: Int, _ count: Int) -> Int? {
      guard offset >= 0, offset <= bytes.count - count else { return nil }
      let part = bytes[offset..<offset + count]
      return (isLittle ? Array(part.reversed()) : Array(part)).reduce(0) { $0 << 8 | Int($1) }
    }
    guard number(2, 2) == 42, let start = number(4, 4), let count = number(start, 2) else { return nil }
    for entry in 0..<count {
      let offset = start + 2 + entry * 12
      guard let tag = number(offset, 2) else { return nil }
      // Type 3 is a 16-bit number, which stands in the entry itself.
      if tag == 0x0112 { return number(offset + 2, 2) == 3 ? number(offset + 8, 2) : nil }
    }
    return nil
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
