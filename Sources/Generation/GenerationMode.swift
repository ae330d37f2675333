/// What a job starts from.
public enum GenerationMode: String, Codable, Sendable, CaseIterable {
  /// A picture from a prompt alone.
  case txt2img
}
