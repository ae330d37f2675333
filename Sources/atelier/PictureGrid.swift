import PNG

/// Pictures side by side on black with two pixels between them, as torchvision's `make_grid` lays them out.
enum PictureGrid {
  /// The grid of pictures of one size, `columns` in a row; nil for none.
  static func make(_ pictures: [PNGImage], columns: Int) throws -> PNGImage? {
    guard let first = pictures.first else { return nil }
    let columns = max(1, min(columns, pictures.count))
    let rows = (pictures.count + columns - 1) / columns
    let gap = 2
    let width = columns * (first.width + gap) + gap
    let height = rows * (first.height + gap) + gap
    var pixels = [UInt8](repeating: 0, count: width * height * 3)
    for (index, picture) in pictures.enumerated()
    where picture.width == first.width && picture.height == first.height {
      let left = (index % columns) * (first.width + gap) + gap
      let top = (index / columns) * (first.height + gap) + gap
      for y in 0..<first.height {
        let from = y * first.width * 3
        let to = ((top + y) * width + left) * 3
        pixels.replaceSubrange(to..<to + first.width * 3, with: picture.pixels[from..<from + first.width * 3])
      }
    }
    return try PNGImage(width: width, height: height, pixels: pixels)
  }
}
