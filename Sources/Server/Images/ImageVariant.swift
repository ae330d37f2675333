/// Which of a picture's files is meant.
public enum ImageVariant: Sendable {
  /// The picture as the worker made it.
  case full
  /// The small PNG for lists.
  case thumbnail
}
