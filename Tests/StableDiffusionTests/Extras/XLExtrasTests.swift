import Checkpoints
import Foundation
import Generation
import Pictures
import StableDiffusion
import Tensors
import Testing

/// LoRAs, an embedding and an autoencoder for SDXL against diffusers and peft: Tests/goldens/xl_extras_golden.py.
@Suite struct XLExtrasTests {
  private let layouts: TwoLayouts
  private let pipeline: Pipeline

  init() throws {
    layouts = try TwoLayouts(XLTests.name)
    pipeline = try Pipeline(
      folder: ModelLibrary.open(path: layouts.file),
      backend: try Backend.named("cpu", threads: 2, precision: .full))
    let contents = ExtraLibrary(folders: [try Goldens.path("extras-xl")]).scan()
    #expect(contents.problems == [])
    pipeline.extras = contents.files
  }

  private func picture(_ prompt: String = "a small red circle", vae: String? = nil) throws -> [UInt8] {
    var request = GenerationRequest(
      prompt: prompt, negativePrompt: "green star", model: "tiny", sampler: "Euler", steps: 3,
      guidanceScale: 5,
      width: 48, height: 32, seed: 1234)
    request.vae = vae
    var denoising = try pipeline.begin(request, image: 0)
    while try denoising.step() {}
    return try denoising.finish().rgb
  }

  private func expect(_ picture: [UInt8], _ name: String) throws {
    let path = try Goldens.path("extras-xl/pictures.safetensors")
    let golden = try SafetensorsFile(path: path, label: "pictures").stored(name).withUnsafeBytes { Array($0) }
    let quality = PipelineTests.psnr(picture, golden)
    #expect(quality >= 45, "\(name): PSNR \(quality)")
  }

  @Test func `LoRAs of every naming reach the UNet and both text encoders`() throws {
    try expect(picture(), "none")
    let prompt = "a small red circle<lora:xl-original:0.6:0.8><lora:xl-flat:0.7><lora:xl-peft:0.5>"
    try expect(picture(prompt), "loras")
    try expect(picture(), "none")
    let families = pipeline.extras.files(.lora).map { $0.description.family }
    #expect(families == ["sdxl", "sdxl", "sdxl"])
  }

  @Test func `an embedding has vectors for both text encoders`() throws {
    try expect(picture("a red xlstyle circle"), "embedding")
  }

  @Test func `an embedding for other widths is an ordinary word`() throws {
    let path = NSTemporaryDirectory() + "xlstyle-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path + "/embeddings", withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    let tensors = [("clip_l", 64), ("clip_g", 40)].map { name, width in
      OutputTensor(name: name, type: .float32, shape: [1, width]) { [Float](repeating: 1, count: width) }
    }
    try SafetensorsWriter.write(tensors, metadata: [:], to: path + "/embeddings/red.safetensors")
    pipeline.extras = ExtraLibrary(folders: [path]).scan().files
    #expect(pipeline.extras.files(.embedding).count == 1)
    try expect(picture(), "none")
  }

  @Test func `an autoencoder in a file of its own keeps the model's scaling`() throws {
    let path = layouts.path + "/xl.vae.safetensors"
    try layouts.writeAutoencoder(seed: 210_000, to: path)
    pipeline.extras = ExtraFiles([try ExtraLibrary.file(.vae, path: path, field: "vae")])
    try expect(picture(vae: "xl.vae.safetensors"), "vae")
    try expect(picture(), "none")
  }
}
