/// What arithmetic a backend may use.
public enum Precision: Int32, Sendable, CaseIterable {
  /// Single precision throughout.
  case full = 0
  /// The fastest type the backend offers, within the picture's quality bound.
  case autocast = 1
  /// Products of 8-bit integers in convolutions and linear layers, or of 16-bit ones where a processor has no others;
  /// the rest as `autocast`.
  case int8 = 2
  /// The upper half of a single for all that is stored and multiplied: float32's range in half the memory.
  case bfloat16 = 3

  /// What a user types.
  public var name: String { "\(self)" }

  /// The precision a user named.
  ///
  /// Throws `unknownPrecision`.
  public static func named(_ name: String) throws(TensorError) -> Precision {
    guard let found = allCases.first(where: { $0.name == name }) else { throw .unknownPrecision(name) }
    return found
  }
}
