import Checkpoints
import StableDiffusion
import Testing

@Suite struct TorchNoiseTests {
  /// `torch.randn(n, generator=torch.Generator().manual_seed(seed))`; seeds keep their low 32 bits.
  static let seeds: [Int64] = [0, 7, 1 << 32 + 7, 1 << 53 - 1]
  static let sizes = [1, 2, 15, 16, 17, 31, 32, 33, 250]

  static func worst(_ a: [Float], _ b: [Float]) -> Float {
    a.count == b.count ? zip(a, b).map { abs($0 - $1) }.max() ?? 0 : .infinity
  }

  @Test(arguments: seeds) func `noise of any size is torch's`(seed: Int64) throws {
    let path = try Goldens.path("schedules.safetensors")
    let file = try SafetensorsFile(path: path, label: "schedules.safetensors")
    for size in Self.sizes {
      var noise = TorchNoise(seed: seed)
      let expected = try file.tensor("noise.\(seed).\(size)").floats()
      #expect(Self.worst(noise.normal(size), expected) < 2e-6, "\(size) values")
    }
  }

  @Test func `calls of mixed sizes share one stream and the value kept`() throws {
    let path = try Goldens.path("schedules.safetensors")
    let file = try SafetensorsFile(path: path, label: "schedules.safetensors")
    var noise = TorchNoise(seed: 3)
    let found = [3, 17, 2, 16, 5].flatMap { noise.normal($0) }
    #expect(Self.worst(found, try file.tensor("noise.mixed").floats()) < 2e-6)
  }

  @Test func `pinned values`() {
    // torch.randn(5, generator=torch.Generator().manual_seed(42))
    var noise = TorchNoise(seed: 42)
    let expected: [Float] = [
      0.33669036626815796, 0.12880940735340118, 0.23446236550807953, 0.23033303022384644, -1.1228563785552979,
    ]
    #expect(Self.worst(noise.normal(5), expected) < 1e-6)
    #expect(noise.normal(0).isEmpty)
  }
}
