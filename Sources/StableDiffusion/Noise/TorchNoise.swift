#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// `torch.randn` of PyTorch's CPU generator: the same seed gives the same noise.
///
/// Facts: aten/src/ATen/native/cpu/DistributionTemplates.h and ATen/core/DistributionsHelper.h. From 16 values
/// on, uniforms become normals in blocks of 16 (Box and Muller 1958; u₁ at j, u₂ at j + 8), and when the count
/// is no multiple of 16 the last 16 are drawn again. Fewer values go one by one in double precision, and the
/// second of each pair is kept for the next call.
public struct TorchNoise: NoiseSource, Sendable {
  private var generator: MersenneTwister
  private var kept: Double?

  /// A generator after `manual_seed(seed)`.
  public init(seed: Int64) { generator = MersenneTwister(seed: UInt64(bitPattern: seed)) }

  /// The next `count` values.
  public mutating func normal(_ count: Int) -> [Float] {
    guard count >= 16 else { return (0..<max(count, 0)).map { _ in Float(single()) } }
    var values = (0..<count).map { _ in uniform() }
    for start in stride(from: 0, through: count - 16, by: 16) { Self.transform(&values, start) }
    if !count.isMultiple(of: 16) {
      for index in count - 16..<count { values[index] = uniform() }
      Self.transform(&values, count - 16)
    }
    return values
  }

  /// Uniform in [0, 1): the low 24 bits.
  private mutating func uniform() -> Float { Float(generator.next() & 0xFF_FFFF) * 0x1p-24 }

  /// Uniform in [0, 1): 53 bits of two words, the high word first.
  private mutating func wideUniform() -> Double {
    let high = UInt64(generator.next())
    let low = UInt64(generator.next())
    return Double((high << 32 | low) & 0x1F_FFFF_FFFF_FFFF) * 0x1p-53
  }

  private mutating func single() -> Double {
    if let value = kept {
      kept = nil
      return value
    }
    let angle = 2 * Double.pi * wideUniform()
    let radius = (-2 * log1p(-wideUniform())).squareRoot()
    kept = radius * sin(angle)
    return radius * cos(angle)
  }

  private static func transform(_ values: inout [Float], _ start: Int) {
    for j in start..<start + 8 {
      let radius = (-2 * logf(1 - values[j])).squareRoot()
      let angle = 2 * Float.pi * values[j + 8]
      values[j] = radius * cosf(angle)
      values[j + 8] = radius * sinf(angle)
    }
  }
}
