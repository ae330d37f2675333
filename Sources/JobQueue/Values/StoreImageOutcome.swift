/// What became of a picture.
public enum StoreImageOutcome: Equatable, Sendable {
  /// Its row is written.
  case stored(ImageRecord)
  /// The same picture had a row already, or its owner deleted it.
  case duplicate
  /// The attempt does not count any more.
  case lost
}
