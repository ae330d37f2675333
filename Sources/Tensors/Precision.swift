/// What arithmetic a backend may use.
public enum Precision: Int32, Sendable, CaseIterable {
  /// Single precision throughout.
  case full = 0
  /// The fastest type the backend offers, within the picture's quality bound.
  case automatic = 1
  /// Products of 8-bit integers in convolutions and linear layers; the rest as `automatic`.
  case int8 = 2

  /// What a user types.
  public var name: String {
    switch self {
    case .full: "full"
    case .automatic: "autocast"
    case .int8: "int8"
    }
  }

  /// The precision a user named, or nil.
  public init?(name: String) {
    guard let found = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = found
  }
}
