/// What is given to the model when a masked part is made anew.
public enum InpaintArea: String, Codable, Sendable, CaseIterable {
  /// The whole picture, in the size asked for.
  case whole
  /// The part around the mask, enlarged to the size asked for and put back.
  case masked
}
