import Pictures
import StableDiffusion
import Tensors
import Testing

/// Pictures of every backend present against the oracle's, which PipelineTests holds to diffusers.
@Suite struct BackendPictureTests {
  static let others = Backend.all.filter { $0.absence == nil && $0.name != "reference" }.map(\.name)

  static func picture(_ model: String, _ backend: String, threads: Int = 2) throws -> (Picture, ProductType) {
    let backend = try Backend.named(backend, threads: threads)
    let pipeline = try Pipeline(folder: try Goldens(model).folder(), backend: backend)
    var denoising = try pipeline.begin(PipelineTests.request(steps: 6), image: 0)
    while try denoising.step() {}
    return (try denoising.finish(), backend.productType)
  }

  @Test(arguments: others, Goldens.models)
  func `makes the oracle's picture as exactly as its arithmetic allows`(name: String, model: String) throws {
    let (expected, _) = try Self.picture(model, "reference")
    let (found, type) = try Self.picture(model, name)
    let quality = PipelineTests.psnr(found.rgb, expected.rgb)
    #expect(quality >= (type == .float32 ? 60 : 30), "\(name), \(model): PSNR \(quality)")
  }

  @Test(arguments: others)
  func `from the third step on, and for a second picture of the size, nothing is allocated`(name: String)
    throws
  {
    let backend = try Backend.named(name, threads: 2)
    let pipeline = try Pipeline(folder: try Goldens("tiny-sd1").folder(), backend: backend)
    func makePicture(_ index: Int) throws {
      var denoising = try pipeline.begin(PipelineTests.request(steps: 4), image: index)
      for _ in 0..<2 { _ = try denoising.step() }
      let planned = backend.allocations
      while try denoising.step() {}
      #expect(backend.allocations == planned)
      _ = try denoising.finish()
    }
    try makePicture(0)
    let planned = backend.allocations
    try makePicture(1)
    #expect(backend.allocations == planned)
  }

  @Test(arguments: others)
  func `makes the same picture with any number of threads`(name: String) throws {
    let (one, _) = try Self.picture("tiny-sd1", name, threads: 1)
    let (three, _) = try Self.picture("tiny-sd1", name, threads: 3)
    #expect(one == three)
  }
}
