import FoundationEssentials
import Generation
import PNG
import Pictures
import StableDiffusion
import Tensors

/// Makes pictures larger as their requests say, by a model of the ESRGAN family or a kernel.
struct Enlarging {
  let backend: Backend
  let upscalers: UpscalerFiles
  /// Pixels a side of the parts a picture is enlarged in; nil for the usual.
  let tile: Int?
  let isQuiet: Bool

  /// Writes the enlarged picture; what the source's file says about how it was made stays in it.
  /// - Throws: `UserError`, `CheckpointError`, `TensorError`, `PNGError`, `CocoaError`.
  func write(
    _ request: GenerationRequest, _ picture: Picture, texts: [PNGText], to file: String
  ) throws {
    let large = try enlarged(request, picture)
    let own = PictureMetadata.texts(enlarged: request).map { PNGText(keyword: $0.keyword, text: $0.text) }
    let image = try PNGImage(
      width: large.width, height: large.height, pixels: large.rgb,
      texts: texts.filter { $0.keyword == "parameters" } + own)
    try Data(image.encoded()).write(to: URL(filePath: file), options: .atomic)
  }

  private func enlarged(_ request: GenerationRequest, _ picture: Picture) throws -> Picture {
    let size = request.outputSize
    let name = request.upscaler ?? PixelUpscaler.lanczos.rawValue
    if let kernel = PixelUpscaler(rawValue: name) {
      return picture.resized(width: size.width, height: size.height, kernel.filter)
    }
    guard let upscaler = try upscalers.upscaler(name, on: backend) else {
      throw UserError(code: "unknown_upscaler", message: "unknown upscaler '\(name)'", field: "upscaler")
    }
    var progress = ProgressLine(isQuiet: isQuiet)
    progress.begin()
    let total = upscaler.tileCount(from: (picture.width, picture.height), to: size, tile: tile)
    return try upscaler.enlarged(picture, to: size, tile: tile) {
      progress.show(picture: 1, of: 1, done: $0, total: total)
    }
  }
}
