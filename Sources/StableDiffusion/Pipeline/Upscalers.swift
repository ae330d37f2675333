/// What can enlarge a picture: latents between two passes, or finished pixels.
public enum Upscalers {
  /// Names for hires fix that need no model, A1111's default first.
  public static let builtIn: [String] =
    LatentUpscaler.allCases.map(\.rawValue) + PixelUpscaler.allCases.map(\.rawValue)
}
