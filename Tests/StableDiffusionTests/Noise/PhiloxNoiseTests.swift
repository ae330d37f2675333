import StableDiffusion
import Testing

@Suite struct PhiloxNoiseTests {
  @Test func `noise is CUDA's`() {
    // A1111's reference vector: seed 0, shape 3×4.
    let expected: [Float] = [
      -0.92466259, -0.42534415, -2.6438457, 0.14518388, -0.12086647, -0.57972564, -0.62285122, -0.32838709,
      -1.07454231, -0.36314407, -1.67105067, 2.26550497,
    ]
    var noise = PhiloxNoise(seed: 0)
    #expect(TorchError.worst(noise.normal(12), expected) < 1e-6)
    // The next draw has a counter of its own.
    #expect(TorchError.worst(noise.normal(12), expected) > 0.1)
    #expect(noise.normal(0).isEmpty)
  }

  @Test func `all 64 bits of a seed count`() {
    var (low, high) = (PhiloxNoise(seed: 5), PhiloxNoise(seed: 5 | 1 << 40))
    #expect(low.normal(4) != high.normal(4))
  }
}
