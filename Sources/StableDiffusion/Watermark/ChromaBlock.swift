internal import Pictures

/// 8×8 pixels of a picture by their U channel: what a watermark reads and moves.
struct ChromaBlock {
  /// Twice the mean U of each 2×2 pixels, four in a row (the Haar transform's LL band has this scale).
  private(set) var values: [Float] = []
  private let left: Int
  private let top: Int

  /// How many whole blocks a picture has in a row and in a column.
  ///
  /// Like the method's other readers, this leaves rows and columns of pixels beyond alone.
  static func count(in picture: Picture) -> (columns: Int, rows: Int) {
    (picture.width / 8, picture.height / 8)
  }

  /// Reads a block.
  init(column: Int, row: Int, rgb: [UInt8], width: Int) {
    left = column * 8
    top = row * 8
    read(rgb, width)
  }

  private mutating func read(_ rgb: [UInt8], _ width: Int) {
    values.removeAll(keepingCapacity: true)
    for y in 0..<4 {
      for x in 0..<4 {
        var sum: Float = 0
        for offset in offsets(x, y, width) { sum += Self.chroma(rgb, offset) }
        values.append(sum / 2)
      }
    }
  }

  /// The largest value but the first, which is where a bit stands.
  var marked: Int { values.indices.dropFirst().max { values[$0] < values[$1] } ?? 1 }

  /// The mean of U.
  var level: Float { values.reduce(0, +) / 32 }

  /// Changes a value by `difference` in the pixels: blue and green move, so that U does and Y and V do not.
  mutating func add(_ difference: Float, to index: Int, rgb: inout [UInt8], width: Int) {
    var left = (blue: Float(0), green: Float(0))
    for offset in offsets(index % 4, index / 4, width) {
      // What one pixel's rounding leaves over the next one takes.
      let blue = Float(rgb[offset + 2]) + 2.032 * difference / 2 + left.blue
      let green = Float(rgb[offset + 1]) - 0.395 * difference / 2 + left.green
      (rgb[offset + 2], rgb[offset + 1]) = (Self.byte(blue), Self.byte(green))
      left = (blue - Float(rgb[offset + 2]), green - Float(rgb[offset + 1]))
    }
    values[index] = offsets(index % 4, index / 4, width).reduce(0) { $0 + Self.chroma(rgb, $1) } / 2
  }

  /// Moves the mean of U towards `level` by all values but one.
  mutating func move(to level: Float, keeping kept: Int?, rgb: inout [UInt8], width: Int) {
    let others = values.indices.filter { $0 != kept }
    // Colours at their ends give way less than asked: what is missing is asked for again.
    for _ in 0..<4 {
      let missing = (level - self.level) * 32
      guard missing.magnitude > 1 else { return }
      for index in others { add(missing / Float(others.count), to: index, rgb: &rgb, width: width) }
    }
  }

  /// The block's pixels, to put back with `restore`.
  func pixels(_ rgb: [UInt8], _ width: Int) -> [UInt8] {
    (top..<top + 8).flatMap { y in rgb[(y * width + left) * 3..<(y * width + left + 8) * 3] }
  }

  /// Puts pixels back and reads them again.
  mutating func restore(_ pixels: [UInt8], _ rgb: inout [UInt8], _ width: Int) {
    for y in 0..<8 {
      let first = ((top + y) * width + left) * 3
      rgb.replaceSubrange(first..<first + 24, with: pixels[y * 24..<y * 24 + 24])
    }
    read(rgb, width)
  }

  /// Where the four pixels of a value begin.
  private func offsets(_ x: Int, _ y: Int, _ width: Int) -> [Int] {
    let first = ((top + 2 * y) * width + left + 2 * x) * 3
    return [first, first + 3, first + width * 3, first + width * 3 + 3]
  }

  /// U = 0.492 (B − Y) + 128 with Y = 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601).
  private static func chroma(_ rgb: [UInt8], _ offset: Int) -> Float {
    let (red, green, blue) = (Float(rgb[offset]), Float(rgb[offset + 1]), Float(rgb[offset + 2]))
    return 0.492 * (blue - (0.299 * red + 0.587 * green + 0.114 * blue)) + 128
  }

  private static func byte(_ value: Float) -> UInt8 { UInt8(max(0, min(255, value.rounded()))) }
}
