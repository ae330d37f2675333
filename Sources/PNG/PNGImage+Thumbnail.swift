extension PNGImage {
  /// The picture at most `side` pixels wide and high, without texts; a smaller picture keeps its size.
  ///
  /// Every new pixel is the mean of the area it covers (a box filter), in the stored encoding.
  public func thumbnail(side: Int = 256) -> PNGImage {
    let longest = max(width, height)
    guard longest > side, side > 0 else { return PNGImage(checked: width, height, pixels, []) }
    let newWidth = max(1, (width * side + longest / 2) / longest)
    let newHeight = max(1, (height * side + longest / 2) / longest)
    let across = Self.spans(from: width, to: newWidth)
    let down = Self.spans(from: height, to: newHeight)
    var narrow = [Float](repeating: 0, count: newWidth * height * 3)
    for y in 0..<height {
      for (x, span) in across.enumerated() {
        for (offset, weight) in span.weights.enumerated() {
          let from = (y * width + span.start + offset) * 3
          let to = (y * newWidth + x) * 3
          for channel in 0..<3 { narrow[to + channel] += weight * Float(pixels[from + channel]) }
        }
      }
    }
    var small = [UInt8](repeating: 0, count: newWidth * newHeight * 3)
    for (y, span) in down.enumerated() {
      for column in 0..<newWidth * 3 {
        var sum: Float = 0
        for (offset, weight) in span.weights.enumerated() {
          sum += weight * narrow[(span.start + offset) * newWidth * 3 + column]
        }
        small[y * newWidth * 3 + column] = UInt8(min(max(sum.rounded(), 0), 255))
      }
    }
    return PNGImage(checked: newWidth, newHeight, small, [])
  }

  private struct Span {
    var start: Int
    var weights: [Float]
  }

  /// Which old pixels each new one covers and how much of it each makes.
  private static func spans(from old: Int, to new: Int) -> [Span] {
    let scale = Double(old) / Double(new)
    return (0..<new).map { index in
      let (begin, end) = (Double(index) * scale, min(Double(index + 1) * scale, Double(old)))
      let first = min(Int(begin), old - 1)
      let last = min(max(Int(end.rounded(.up)), first + 1), old)
      let weights = (first..<last).map { pixel in
        Float(max(min(end, Double(pixel + 1)) - max(begin, Double(pixel)), 0) / (end - begin))
      }
      return Span(start: first, weights: weights)
    }
  }
}
