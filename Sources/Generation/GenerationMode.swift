/// What a job starts from.
public enum GenerationMode: String, Codable, Sendable, CaseIterable {
  /// A picture from a prompt alone.
  case txt2img
  /// A picture from another one and a prompt.
  case img2img
  /// Parts of a picture, or what lies around it, made anew.
  case inpaint
  /// The same picture with more pixels.
  case upscale
}
