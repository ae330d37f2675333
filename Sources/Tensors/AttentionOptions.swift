/// How attention splits and scales its operands.
public struct AttentionOptions: Sendable, Hashable {
  /// Heads; the channels divide evenly among them, at most 512 each.
  public var heads: Int
  /// What products of queries and keys are multiplied by; nil: 1/√(head size).
  public var scale: Float?
  /// Whether query i sees only keys j ≤ i.
  public var causal: Bool

  /// Makes options.
  public init(heads: Int, scale: Float? = nil, causal: Bool = false) {
    self.heads = heads
    self.scale = scale
    self.causal = causal
  }
}
