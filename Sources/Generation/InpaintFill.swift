/// What stands under the mask before it is painted anew; A1111's "Masked content".
public enum InpaintFill: String, Codable, Sendable, CaseIterable {
  /// The colours around it, blurred.
  case fill
  /// The picture itself.
  case original
  /// Noise.
  case latentNoise = "latent_noise"
  /// Latents of zero.
  case latentNothing = "latent_nothing"

  /// What A1111 calls it in pictures.
  public var label: String {
    switch self {
    case .fill: "fill"
    case .original: "original"
    case .latentNoise: "latent noise"
    case .latentNothing: "latent nothing"
    }
  }
}
