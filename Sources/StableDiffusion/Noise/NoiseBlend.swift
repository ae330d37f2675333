#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Spherical interpolation between two noises, as A1111 does it for variation seeds.
enum NoiseBlend {
  /// From `low` by `strength`, 0…1, to `high`; all in the order of [channels, height, width].
  ///
  /// Angles are taken column by column, along the height of each channel: A1111's norms run over dimension 1 of a
  /// tensor without batch, and its pictures depend on it. Noises that are nearly the same (a mean cosine above
  /// 0.9995) are mixed linearly, with A1111's order of the weights.
  static func slerp(
    _ low: [Float], _ high: [Float], by strength: Double, channels: Int, height: Int, width: Int
  ) -> [Float] {
    let columns = (0..<channels * width).map { column in
      stride(
        from: column / width * height * width + column % width,
        to: (column / width + 1) * height * width, by: width)
    }
    let cosines = columns.map { column in
      let (a, b) = (norm(low, column), norm(high, column))
      return column.reduce(Float(0)) { $0 + low[$1] / a * (high[$1] / b) }
    }
    let strength = Float(strength)
    if cosines.reduce(0, +) / Float(cosines.count) > 0.9995 {
      return zip(low, high).map { $0 * strength + $1 * (1 - strength) }
    }
    var result = low
    for (column, cosine) in zip(columns, cosines) {
      let angle = acosf(max(-1, min(1, cosine)))
      let sine = sinf(angle)
      // Columns along one line have no angle between them.
      let weights =
        sine == 0
        ? (1 - strength, strength)
        : (sinf((1 - strength) * angle) / sine, sinf(strength * angle) / sine)
      for index in column { result[index] = weights.0 * low[index] + weights.1 * high[index] }
    }
    return result
  }

  private static func norm(_ values: [Float], _ column: StrideTo<Int>) -> Float {
    column.reduce(Float(0)) { $0 + values[$1] * values[$1] }.squareRoot()
  }

  /// The middle of `noise` put into the middle of `other`, both [channels, height, width].
  ///
  /// Where the difference is odd the middle is A1111's: halves are rounded down, so a row may stay over.
  static func centred(
    _ noise: [Float], _ size: (height: Int, width: Int), in other: [Float],
    _ target: (height: Int, width: Int),
    channels: Int
  ) -> [Float] {
    func span(_ from: Int, _ to: Int) -> (from: Int, to: Int, count: Int) {
      let offset = Int((Double(to - from) / 2).rounded(.down))
      return (max(-offset, 0), max(offset, 0), offset >= 0 ? from : max(from + 2 * offset, 0))
    }
    let (rows, columns) = (span(size.height, target.height), span(size.width, target.width))
    var result = other
    for channel in 0..<channels {
      for row in 0..<rows.count {
        let source = (channel * size.height + rows.from + row) * size.width + columns.from
        let place = (channel * target.height + rows.to + row) * target.width + columns.to
        for column in 0..<columns.count { result[place + column] = noise[source + column] }
      }
    }
    return result
  }
}
