#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

extension Mask {
  /// The mask blurred by a Gaussian of deviation `sigma` pixels.
  ///
  /// Over 2·⌊2.5·σ + 0.5⌋ + 1 pixels, as A1111 has it: beyond that distance nothing changes. The picture is
  /// mirrored at its edges.
  public func blurred(sigma: Double) -> Mask {
    let reach = Int(2.5 * sigma + 0.5)
    guard sigma > 0, reach > 0 else { return self }
    let kernel = (-reach...reach).map { Float(exp(-Double($0 * $0) / (2 * sigma * sigma))) }
    let sum = kernel.reduce(0, +)
    let weights = kernel.map { $0 / sum }
    let across = Self.places(width, reach)
    let down = Self.places(height, reach)
    var rows = values.map(Float.init)
    for y in 0..<height {
      for x in 0..<width {
        var value: Float = 0
        for (tap, weight) in weights.enumerated() {
          value += weight * Float(values[y * width + across[x + tap]])
        }
        rows[y * width + x] = value
      }
    }
    var result = values
    for y in 0..<height {
      for x in 0..<width {
        var value: Float = 0
        for (tap, weight) in weights.enumerated() { value += weight * rows[down[y + tap] * width + x] }
        result[y * width + x] = Resampling.byte(value)
      }
    }
    return Mask(width: width, height: height, values: result)
  }

  /// Indices from −reach to count + reach, mirrored at the first and the last.
  private static func places(_ count: Int, _ reach: Int) -> [Int] {
    let period = max(2 * (count - 1), 1)
    return (-reach..<count + reach).map { index in
      let folded = ((index % period) + period) % period
      return min(folded, period - folded)
    }
  }
}
