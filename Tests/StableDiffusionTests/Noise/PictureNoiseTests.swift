import Generation
import Tensors
import Testing

@testable import StableDiffusion

@Suite struct PictureNoiseTests {
  static let shape: Shape = [1, 3, 4, 2]

  static func noise(_ settings: NoiseSettings) throws -> PictureNoise {
    PictureNoise(settings, shape: shape, backend: try Backend.named("reference", threads: 1))
  }

  @Test func `a variation is A1111's interpolation along the height`() throws {
    // A1111's slerp(0.3, randn(2, 3, 4) of seed 5, the same of seed 6) in PyTorch.
    let expected: [Float] = [
      1.114525, 0.779898, -1.657032, -1.767839, 1.62197, -0.184219, 0.008089, -0.984277, 2.895842, -0.00354,
      0.284923, -0.267532, 0.937746, 0.755468, -0.106139, 0.536809, 0.162978, 0.233788, -1.308688, -1.64819,
      0.481644, 0.688198, -0.150062, 0.032817,
    ]
    var noise = try Self.noise(NoiseSettings(seed: 5, variation: (6, 0.3)))
    #expect(TorchError.worst(try noise.first().channelsFirstFloats(), expected) < 2e-6)
    // No strength is no variation, and nearly equal noises are mixed as A1111 mixes them.
    var plain = try Self.noise(NoiseSettings(seed: 5))
    var none = try Self.noise(NoiseSettings(seed: 5, variation: (6, 0)))
    let first = try plain.first().floats()
    #expect(try none.first().floats() == first)
    let mixed = NoiseBlend.slerp([1, 2], [1, 2.001], by: 0.25, channels: 1, height: 2, width: 1)
    #expect(TorchError.worst(mixed, [1, 0.25 * 2 + 0.75 * 2.001]) < 1e-6)
  }

  @Test func `a seed delta changes fresh noise only, to that of seed and delta`() throws {
    var plain = try Self.noise(NoiseSettings(seed: 5))
    var moved = try Self.noise(NoiseSettings(seed: 5, stepSeedDelta: 31337))
    var other = try Self.noise(NoiseSettings(seed: 5 + 31337))
    let first = try plain.first().floats()
    #expect(try moved.first().floats() == first)
    let fresh = try moved.fresh().floats()
    #expect(try plain.fresh().floats() != fresh)
    #expect(try other.first().floats() == fresh)
  }

  @Test func `the NV source gives Philox noise`() throws {
    var noise = try Self.noise(NoiseSettings(seed: 3, kind: .nv))
    var source = PhiloxNoise(seed: 3)
    #expect(try noise.first().channelsFirstFloats() == source.normal(24))
    #expect(try noise.fresh().channelsFirstFloats() == source.normal(24))
  }
}
