/// What a product does to its sums before the residual is added.
public enum Activation: Int32, Sendable, CaseIterable {
  /// x
  case none = 0
  /// x·sigmoid(x)
  case silu = 1
  /// x·Φ(x), the exact form with erf (Hendrycks and Gimpel, 2016).
  case gelu = 2
  /// x·sigmoid(1.702·x), as CLIP uses.
  case quickGELU = 3
}
