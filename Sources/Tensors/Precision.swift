/// What arithmetic a backend may use.
public enum Precision: Int32, Sendable, CaseIterable {
  /// Single precision throughout.
  case full = 0
  /// The fastest type the backend offers, within the picture's quality bound.
  case automatic = 1
}
