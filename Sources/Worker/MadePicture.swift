import Generation
import PNG
import Pictures
import StableDiffusion
import WorkerProtocol

/// A picture's pixels with all that its file says; encoding it needs no device.
struct MadePicture: Sendable {
  let pixels: Picture
  let request: GenerationRequest
  /// Which of the request's pictures its texts say it is, and which of the job's it is.
  let place: Int
  let index: Int
  let seed: Int64
  let model: ModelDescription
  let extras: [HashedExtra]
  let safety: SafetyVerdict?
  /// The files, where they were needed before it is handed over.
  var files: WorkerPicture?

  /// The picture and its thumbnail as PNG.
  /// - Throws: `PNGError`.
  func encoded() throws -> WorkerPicture {
    if let files { return files }
    var image = try PNGImage(width: pixels.width, height: pixels.height, pixels: pixels.rgb)
    let thumbnail = try image.thumbnail().encoded()
    image.texts = PictureMetadata.texts(
      request, image: place, model: model, extras: extras, safety: safety
    ).map { PNGText(keyword: $0.keyword, text: $0.text) }
    return WorkerPicture(
      index: index, seed: seed, width: pixels.width, height: pixels.height,
      png: try image.encoded(), thumbnail: thumbnail, isFlagged: safety == .flagged)
  }
}
