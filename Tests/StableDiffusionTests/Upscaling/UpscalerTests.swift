import Checkpoints
import Foundation
import Generation
import Pictures
import StableDiffusion
import Tensors
import Testing

/// Against PyTorch: Tests/goldens/upscalers_golden.py.
@Suite struct UpscalerTests {
  private static let folder = "upscalers"

  private func upscaler(_ name: String) throws -> Upscaler {
    try Upscaler(
      path: try Goldens.path("\(Self.folder)/\(name)"), label: name,
      backend: try Backend.named("reference", threads: 2))
  }

  /// A picture of the golden file.
  private func picture(_ name: String) throws -> Picture {
    let path = try Goldens.path("\(Self.folder)/pictures.safetensors")
    let file = try SafetensorsFile(path: path, label: "pictures.safetensors")
    let entry = try #require(file.entries.first { $0.name == name })
    let data = try Data(contentsOf: URL(fileURLWithPath: path))
    let header = data.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    let bytes = Array(data[8 + header + entry.range.lowerBound..<8 + header + entry.range.upperBound])
    return Picture(width: entry.shape[1], height: entry.shape[0], rgb: bytes)
  }

  @Test(arguments: [
    ("first.pth", "residual", 4), ("double.safetensors", "double", 2), ("compact.pth", "compact", 2),
  ])
  func `every kind and naming makes PyTorch's picture`(file: String, golden: String, scale: Int) throws {
    let upscaler = try upscaler(file)
    #expect(upscaler.scale == scale)
    let (source, wanted) = (try picture("source"), try picture(golden))
    let found = try upscaler.enlarged(source, to: (wanted.width, wanted.height))
    #expect((found.width, found.height) == (wanted.width, wanted.height))
    let quality = PipelineTests.psnr(found.rgb, wanted.rgb)
    #expect(quality >= 45, "\(file): PSNR \(quality)")
  }

  @Test(arguments: ["first.pth", "double.safetensors", "compact.pth"])
  func `parts make the same picture as the whole`(file: String) throws {
    let source = try picture("source").resized(width: 97, height: 71)
    let upscaler = try upscaler(file)
    var parts: [Int] = []
    let size = (97 * upscaler.scale, 71 * upscaler.scale)
    let tiled = try upscaler.enlarged(source, to: size, tile: 40) { parts.append($0) }
    #expect(parts == Array(1...6) && upscaler.tileCount(width: 97, height: 71, tile: 40) == 6)
    let quality = PipelineTests.psnr(tiled.rgb, try upscaler.enlarged(source, to: size, tile: 4096).rgb)
    #expect(quality >= 45, "\(file): PSNR \(quality)")
  }

  @Test func `any size is reached, in as many rounds as it takes`() throws {
    let upscaler = try upscaler("compact.pth")
    let source = try picture("source")
    let large = try upscaler.enlarged(source, to: (100, 70))
    #expect((large.width, large.height) == (100, 70))
    #expect(upscaler.tileCount(from: (20, 14), to: (100, 70)) == 3)
    #expect(throws: CancellationError.self) {
      try upscaler.enlarged(source, to: (100, 70)) { _ in throw CancellationError() }
    }
  }

  @Test func `hires fix counts an upscaler's parts among its passes`() throws {
    let pipeline = try PipelineTests.pipeline("tiny-sd1")
    var request = PipelineTests.request(steps: 3)
    (request.width, request.height, request.hiresScale, request.hiresUpscaler) = (64, 48, 4, "double")
    request.hiresSteps = 2
    // An upscaler nobody has is refused before the first pass.
    let error = #expect(throws: UserError.self) { try pipeline.begin(request, image: 0) }
    #expect(error?.code == "unknown_upscaler" && error?.field == "hires_upscaler")
    let upscaler = try upscaler("double.safetensors")
    pipeline.findUpscaler = { $0 == "double" ? upscaler : nil }
    var denoising = try pipeline.begin(request, image: 0)
    // Two rounds of one part each from 64 × 48 to 256 × 192.
    #expect(upscaler.tileCount(from: (64, 48), to: (256, 192)) == 2 && denoising.total == 3 + 2 + 2)
    var seen: [Int] = []
    while try denoising.step() {
      #expect(denoising.total == 7)
      #expect(try denoising.preview().rgb.isEmpty == false)
      seen.append(denoising.done)
    }
    #expect(seen == Array(1...7))
    let picture = try denoising.finish()
    #expect((picture.width, picture.height) == (256, 192))
  }

  @Test func `another network is refused by name, and folders of other programs are searched`() throws {
    let file = try Goldens.path("tiny-sd1/vae/diffusion_pytorch_model.safetensors")
    let backend = try Backend.named("reference", threads: 1)
    let error = #expect(throws: UserError.self) {
      try Upscaler(path: file, label: "vae.safetensors", backend: backend)
    }
    #expect(error?.code == "unusable_upscaler")
    let root = FileManager.default.temporaryDirectory.path + "/atelier-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: root) }
    for name in ["ESRGAN/a.pth", "x/upscale_models/b.safetensors", "RealESRGAN/a.pth", "other/c.pth"] {
      let path = "\(root)/\(name)"
      try FileManager.default.createDirectory(
        atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
      try Data().write(to: URL(fileURLWithPath: path))
    }
    #expect(UpscalerLibrary(folders: [root]).scan().map(\.name) == ["a", "b"])
  }
}
