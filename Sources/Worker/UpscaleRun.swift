import Generation
import PNG
import Pictures
import StableDiffusion
import WorkerProtocol

/// One picture enlarged, with what it reports; runs on the device's thread.
struct UpscaleRun {
  let request: GenerationRequest
  let picture: Picture
  /// What the source's file said about how it was made; an enlarged picture keeps it.
  let texts: [PNGText]
  /// The model; nil for a kernel.
  let upscaler: Upscaler?
  let report: @Sendable (RunEvent) -> Void

  /// Enlarges the picture.
  /// - Parameter evaluated: Called after each part.
  /// - Throws: `TensorError`, `PNGError`, `CancellationError`.
  func perform(evaluated: () -> Void) throws -> GenerationSummary {
    var summary = GenerationSummary(images: 1)
    let size = request.outputSize
    let total = upscaler?.tileCount(from: (picture.width, picture.height), to: size) ?? 1
    tell(.denoising, 0, total)
    let (large, seconds) = try GenerationRun.timed {
      guard let upscaler else {
        let filter = request.upscaler.flatMap(PixelUpscaler.init(rawValue:))?.filter ?? .lanczos
        return picture.resized(width: size.width, height: size.height, filter)
      }
      return try upscaler.enlarged(picture, to: size) { done in
        try Task.checkCancellation()
        evaluated()
        tell(.denoising, done, total)
      }
    }
    summary.denoise = seconds
    summary.evaluations = total
    tell(.saving, total, total)
    report(.picture(try encoded(large)))
    return summary
  }

  private func tell(_ phase: GenerationProgress.Phase, _ done: Int, _ total: Int) {
    report(.progress(GenerationProgress(phase: phase, done: done, total: total)))
  }

  private func encoded(_ large: Picture) throws -> WorkerPicture {
    var image = try PNGImage(width: large.width, height: large.height, pixels: large.rgb)
    let thumbnail = try image.thumbnail().encoded()
    image.texts =
      texts.filter { $0.keyword == "parameters" }
      + PictureMetadata.texts(enlarged: request).map { PNGText(keyword: $0.keyword, text: $0.text) }
    return WorkerPicture(
      index: 0, seed: request.seed, width: large.width, height: large.height, png: try image.encoded(),
      thumbnail: thumbnail)
  }
}
