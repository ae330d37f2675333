/// `torch.randn` of PyTorch's CUDA generator, as A1111's "NV" source imitates it on any device.
///
/// Element i of draw n is made of the counter [n, 0, i, 0] with the seed as key.
public struct PhiloxNoise: NoiseSource, Sendable {
  private let key: UInt64
  private var draw: UInt32 = 0

  /// A generator after `manual_seed(seed)`.
  public init(seed: Int64) { key = UInt64(bitPattern: seed) }

  /// The next `count` values.
  public mutating func normal(_ count: Int) -> [Float] {
    defer { draw &+= 1 }
    return (0..<max(count, 0)).map {
      Philox.normal(SIMD4(draw, 0, UInt32(truncatingIfNeeded: $0), 0), key: key)
    }
  }
}
