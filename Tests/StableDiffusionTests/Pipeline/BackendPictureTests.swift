import StableDiffusion
import Tensors
import Testing

/// Pictures of every backend present against the oracle's, which PipelineTests holds to diffusers.
@Suite struct BackendPictureTests {
  static let others = Backend.all.filter { $0.absence == nil && $0.name != "reference" }.map(\.name)

  static func picture(_ model: String, _ backend: String, threads: Int = 2) throws -> (Picture, ElementType) {
    let backend = try Backend.named(backend, threads: threads)
    let pipeline = try Pipeline(folder: try Goldens(model).folder(), backend: backend)
    var denoising = try pipeline.begin(PipelineTests.request(steps: 6), image: 0)
    while try denoising.step() {}
    return (try denoising.finish(), backend.activationType)
  }

  @Test(arguments: others, Goldens.models)
  func `makes the oracle's picture as exactly as its arithmetic allows`(name: String, model: String) throws {
    let (expected, _) = try Self.picture(model, "reference")
    let (found, type) = try Self.picture(model, name)
    let quality = PipelineTests.psnr(found.rgb, expected.rgb)
    #expect(quality >= (type == .float32 ? 60 : 30), "\(name), \(model): PSNR \(quality)")
  }

  @Test(arguments: others)
  func `makes the same picture with any number of threads`(name: String) throws {
    let (one, _) = try Self.picture("tiny-sd1", name, threads: 1)
    let (three, _) = try Self.picture("tiny-sd1", name, threads: 3)
    #expect(one == three)
  }
}
