import PNG

/// A white picture to lay others on and to write labels in.
struct GridCanvas {
  /// Pixels a point of a letter is wide.
  private let scale: Int
  private let width: Int
  private let height: Int
  private var pixels: [UInt8]

  /// Makes a white canvas.
  init(width: Int, height: Int, scale: Int) {
    (self.width, self.height, self.scale) = (width, height, scale)
    pixels = [UInt8](repeating: 255, count: width * height * 3)
  }

  /// Lays a picture with its top left corner at a place; what is outside is cut off.
  mutating func lay(_ picture: PNGImage, left: Int, top: Int) {
    let columns = min(picture.width, width - left)
    guard columns > 0 else { return }
    for y in 0..<max(0, min(picture.height, height - top)) {
      let from = y * picture.width * 3
      let to = ((top + y) * width + left) * 3
      pixels.replaceSubrange(to..<to + columns * 3, with: picture.pixels[from..<from + columns * 3])
    }
  }

  /// Writes lines centred in a box.
  mutating func write(_ lines: [[PixelFont.Glyph]], left: Int, top: Int, width: Int, height: Int) {
    let line = PixelFont.lineHeight * scale
    var y = top + max(0, height - lines.count * line) / 2
    for text in lines {
      let x = left + max(0, width - text.count * PixelFont.advance * scale) / 2
      for (index, glyph) in text.enumerated() {
        draw(glyph, left: x + index * PixelFont.advance * scale, top: y)
      }
      y += line
    }
  }

  private mutating func draw(_ glyph: PixelFont.Glyph, left: Int, top: Int) {
    for (row, bits) in glyph.rows.enumerated() {
      for column in 0..<PixelFont.width where bits & (0x10 >> column) != 0 {
        for y in 0..<scale {
          for x in 0..<scale {
            blacken(left + column * scale + x, top + row * scale + y)
          }
        }
      }
    }
  }

  private mutating func blacken(_ x: Int, _ y: Int) {
    guard (0..<width).contains(x), (0..<height).contains(y) else { return }
    for channel in 0..<3 { pixels[(y * width + x) * 3 + channel] = 0 }
  }

  /// The picture.
  func picture() throws -> PNGImage { try PNGImage(width: width, height: height, pixels: pixels) }
}
