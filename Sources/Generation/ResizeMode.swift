/// How a source picture is brought to the size asked for; A1111's four resize modes.
public enum ResizeMode: String, Codable, Sendable, CaseIterable {
  /// Stretched ("Just resize").
  case resize
  /// Covers the size, what sticks out is cut ("Crop and resize").
  case crop
  /// Fits into the size, its edges are repeated ("Resize and fill").
  case fill
  /// Encoded in its own size, its latents are stretched ("Just resize (latent upscale)").
  case latent
}
