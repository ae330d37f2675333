/// What became of a grid that came in.
public enum GridOutcome: Equatable, Sendable {
  /// It is new.
  case created(GridRecord)
  /// An earlier request with the same key made it.
  case same(GridRecord)
  /// The key was used for something else.
  case conflict
}
