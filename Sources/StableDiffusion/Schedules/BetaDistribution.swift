#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The beta distribution on 0…1.
struct BetaDistribution {
  let alpha: Double
  let beta: Double

  /// The value below which a share `p` of the distribution lies, by bisection.
  func quantile(_ p: Double) -> Double {
    if p <= 0 { return 0 }
    if p >= 1 { return 1 }
    var (low, high) = (0.0, 1.0)
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if share(below: middle) < p { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }

  /// The regularised incomplete beta function.
  func share(below x: Double) -> Double {
    guard x > 0, x < 1 else { return x <= 0 ? 0 : 1 }
    let scale = exp(
      lgamma(alpha + beta) - lgamma(alpha) - lgamma(beta) + alpha * log(x) + beta * log1p(-x))
    // The fraction converges quickly on one side of the mean only.
    if x < (alpha + 1) / (alpha + beta + 2) { return scale * Self.fraction(alpha, beta, x) / alpha }
    return 1 - scale * Self.fraction(beta, alpha, 1 - x) / beta
  }

  /// The continued fraction (Abramowitz and Stegun 26.5.8) by Lentz's method.
  private static func fraction(_ a: Double, _ b: Double, _ x: Double) -> Double {
    var (c, d) = (1.0, 1 / (1 - (a + b) * x / (a + 1)))
    var result = d
    for m in 1...300 {
      let m = Double(m)
      for factor in [
        m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
        -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
      ] {
        d = 1 / (1 + factor * d)
        c = 1 + factor / c
        result *= c * d
      }
      if abs(c * d - 1) < 1e-15 { break }
    }
    return result
  }
}
