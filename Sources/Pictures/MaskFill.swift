extension Picture {
  /// The picture with what is masked painted over in the colours around it, from far to near, as A1111's "fill".
  ///
  /// What is not masked is blurred by ever smaller radii, each laid over the one before as far as it is there.
  public func filled(where mask: Mask) -> Picture {
    let count = width * height
    var known = [Float](repeating: 0, count: count * 4)  // colours times what is kept, and what is kept
    for pixel in 0..<count {
      let share = 1 - Float(mask.values[pixel]) / 255
      for channel in 0..<3 { known[pixel * 4 + channel] = Float(rgb[pixel * 3 + channel]) * share }
      known[pixel * 4 + 3] = share
    }
    var result = [Float](repeating: 0, count: count * 4)
    for (radius, repeats) in [(256, 1), (64, 1), (16, 2), (4, 4), (2, 2), (0, 1)] {
      let blurred = radius == 0 ? known : Self.smoothed(known, width, height, radius)
      for _ in 0..<repeats { Self.lay(blurred, over: &result) }
    }
    var bytes = rgb
    for pixel in 0..<count where mask.values[pixel] != 0 {
      let share = result[pixel * 4 + 3]
      guard share > 0 else { continue }
      for channel in 0..<3 {
        bytes[pixel * 3 + channel] = Resampling.byte(result[pixel * 4 + channel] / share)
      }
    }
    return Picture(width: width, height: height, rgb: bytes)
  }

  private static func lay(_ upper: [Float], over lower: inout [Float]) {
    for start in stride(from: 0, to: lower.count, by: 4) {
      let rest = 1 - upper[start + 3]
      for channel in start..<start + 4 { lower[channel] = upper[channel] + rest * lower[channel] }
    }
  }

  /// Three box blurs one after another: near a Gaussian of this deviation, at a cost that does not grow with it.
  private static func smoothed(_ values: [Float], _ width: Int, _ height: Int, _ sigma: Int) -> [Float] {
    var values = values
    for _ in 0..<3 {
      values = boxed(values, lines: height, step: width * 4, count: width, stride: 4, reach: sigma)
      values = boxed(values, lines: width, step: 4, count: height, stride: width * 4, reach: sigma)
    }
    return values
  }

  /// Means over 2·reach + 1 pixels along one direction, the edges repeated.
  private static func boxed(
    _ values: [Float], lines: Int, step: Int, count: Int, stride: Int, reach: Int
  ) -> [Float] {
    var result = values
    let scale = 1 / Float(2 * reach + 1)
    for line in 0..<lines {
      for channel in 0..<4 {
        let base = line * step + channel
        func value(_ index: Int) -> Float { values[base + min(max(index, 0), count - 1) * stride] }
        var sum = (-reach...reach).reduce(Float(0)) { $0 + value($1) }
        for index in 0..<count {
          result[base + index * stride] = max(sum * scale, 0)
          sum += value(index + reach + 1) - value(index - reach)
        }
      }
    }
    return result
  }
}
