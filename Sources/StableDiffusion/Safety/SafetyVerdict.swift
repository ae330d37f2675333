/// What the safety checker made of a picture.
public enum SafetyVerdict: String, Sendable {
  /// Nothing was found.
  case passed
  /// Something was found: the picture is black.
  case flagged
  /// The model has a checker that the request does without.
  case off
}
