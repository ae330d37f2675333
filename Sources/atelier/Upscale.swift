import ArgumentParser
import FoundationEssentials
import Generation
import Pictures
import StableDiffusion

/// `atelier upscale`: a picture with more pixels.
struct Upscale: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "upscale", abstract: "Makes a picture larger, by a model of the ESRGAN family or without.")

  @Argument(help: "The picture: PNG, JPEG or WebP.")
  var file: String

  @Option(
    name: .spelled("scale", "upscale-by"),
    help: "How many times larger, 1 to 8 (the model's own factor, else 2).")
  var scale: Double?

  @Option(
    name: [.customLong("model"), .customLong("upscaler")],
    help: "An upscaler: a .safetensors or .pth file of the ESRGAN family, Lanczos (the default) or Nearest.")
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
      let source = try SourceFiles(picture: file, flag: "FILE")
      let upscalers = UpscalerFiles(folders: [])
      let backend = try engine.open()
      let name = try model.map { text throws(UserError) in
        try upscalers.name(text, methods: PixelUpscaler.allCases.map(\.rawValue), field: .upscaler)
      }
      var request = GenerationRequest.enlarging
      request.initImageFile = source.source
      request.upscaler = name
      let own = try name.flatMap { try upscalers.upscaler($0, on: backend) }.map { Double($0.scale) }
      request.upscaleBy = scale ?? own ?? 2
      let target = output ?? URL(filePath: file).deletingPathExtension().path + "-upscaled.png"
      let enlarging = Enlarging(backend: backend, upscalers: upscalers, tile: tile, isQuiet: quiet)
      try enlarging.write(request, source.inputs.source.picture, texts: source.texts, to: target)
      Console.output(target)
    }
  }
}

extension GenerationRequest {
  /// What a request that enlarges a picture says of everything else.
  static var enlarging: GenerationRequest {
    GenerationRequest(
      mode: .upscale, prompt: "", model: "", sampler: "", steps: 1, guidanceScale: 1, width: 64, height: 64,
      seed: 0)
  }
}
