#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The noise levels of Karras 2022, equation (5), with ρ = 7 unless another is asked for.
enum KarrasSigmas {
  /// `count` values from `high` down to `low`.
  static func values(high: Double, low: Double, count: Int, rho: Double = 7) -> [Double] {
    let (a, b) = (pow(high, 1 / rho), pow(low, 1 / rho))
    return (0..<count).map { index in
      let ramp = count > 1 ? Double(index) / Double(count - 1) : 0
      return pow(a + ramp * (b - a), rho)
    }
  }
}
