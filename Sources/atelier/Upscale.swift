import ArgumentParser
import FoundationEssentials
import Generation
import PNG
import PictureFiles
import Pictures
import StableDiffusion
import Tensors

/// `atelier upscale`: a picture with more pixels.
struct Upscale: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "upscale", abstract: "Makes a picture larger, by a model of the ESRGAN family or without.")

  @Argument(help: "The picture: PNG, JPEG or WebP.")
  var file: String

  @Option(help: "How many times larger, 1 to 8 (the model's own factor, else 2).")
  var scale: Double?

  @Option(help: "An upscaler: a .safetensors or .pth file of the ESRGAN family; Lanczos' kernel without one.")
  var model: String?

  @Option(help: "Where the result goes; FILE-upscaled.png beside the picture if not given.")
  var output: String?

  @Option(help: "Pixels a side of the parts a picture is enlarged in, 32 to 4096.")
  var tile = 192

  @OptionGroup var engine: EngineOptions

  @Flag(help: "No progress on standard error.")
  var quiet = false

  func validate() throws {
    guard scale.map({ (1...8).contains($0) }) ?? true else {
      throw ValidationError("--scale must be between 1 and 8.")
    }
    guard (32...4096).contains(tile) else { throw ValidationError("--tile must be between 32 and 4096.") }
  }

  func run() throws {
    try Failure.reported {
      guard let data = FileManager.default.contents(atPath: file) else {
        throw UserError(code: "unreadable_file", message: "expected a picture at '\(file)', found none")
      }
      let source: Picture
      do { source = try PictureFile.decode(Array(data)).picture } catch {
        throw UserError(code: "damaged_picture", message: "'\(file)': \(error)")
      }
      let upscaler = try model.map { model in
        guard FileManager.default.fileExists(atPath: model) else {
          throw UserError(
            code: "unknown_upscaler", message: "expected an upscaler at '\(model)', found no such file")
        }
        let backend = try Backend.named(
          engine.backend, threads: engine.threads, precision: engine.precision)
        return try Upscaler(path: model, label: URL(filePath: model).lastPathComponent, backend: backend)
      }
      var request = GenerationRequest(
        mode: .upscale, prompt: "", model: "", sampler: "", steps: 1, guidanceScale: 1, width: 64, height: 64,
        seed: 0)
      request.initImageFile = PictureReference(
        sha256: SourceFiles.hash(data), width: source.width, height: source.height)
      request.upscaleBy = scale ?? upscaler.map { Double($0.scale) } ?? 2
      request.upscaler = model.map { URL(filePath: $0).deletingPathExtension().lastPathComponent }
      let large = try enlarged(source, upscaler, to: request.outputSize)
      // Of another kind of file there is nothing to keep.
      let kept = ((try? PNGImage(decoding: Array(data)))?.texts ?? []).filter { $0.keyword == "parameters" }
      let texts = PictureMetadata.texts(enlarged: request).map {
        PNGText(keyword: $0.keyword, text: $0.text)
      }
      let image = try PNGImage(
        width: large.width, height: large.height, pixels: large.rgb, texts: kept + texts)
      let target = output ?? URL(filePath: file).deletingPathExtension().path + "-upscaled.png"
      try Data(image.encoded()).write(to: URL(filePath: target), options: .atomic)
      Console.output(target)
    }
  }

  private func enlarged(
    _ picture: Picture, _ upscaler: Upscaler?, to size: (width: Int, height: Int)
  ) throws -> Picture {
    guard let upscaler else { return picture.resized(width: size.width, height: size.height) }
    var progress = ProgressLine(isQuiet: quiet)
    progress.begin()
    let total = upscaler.tileCount(from: (picture.width, picture.height), to: size, tile: tile)
    return try upscaler.enlarged(picture, to: size, tile: tile) {
      progress.show(picture: 1, of: 1, done: $0, total: total)
    }
  }
}
