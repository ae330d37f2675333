import PNG
import StableDiffusion

/// A picture that was made, and what the model's safety checker made of it.
struct FinishedPicture {
  let image: PNGImage
  let safety: SafetyVerdict?
  private var encoded: [UInt8]?

  init(image: PNGImage, safety: SafetyVerdict?) { (self.image, self.safety) = (image, safety) }

  /// The PNG, encoded when it is first asked for.
  /// - Throws: `PNGError`.
  mutating func file() throws -> [UInt8] {
    if let encoded { return encoded }
    let bytes = try image.encoded()
    encoded = bytes
    return bytes
  }
}
