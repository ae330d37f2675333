public import Tensors

/// Multi-head attention of pixels to the prompt's hidden states.
///
/// Keys and values do not depend on the step, so `prepare` makes them once for each prompt.
public struct CrossAttention: Sendable {
  private let query: Linear
  private let keysAndValues: Linear
  private let output: Linear
  private let options: AttentionOptions
  private let width: Int

  /// Takes `to_q` [width, width], `to_k` and `to_v` [width, contextWidth], `to_out.0` [width, width].
  public init(_ loader: LayerLoader, width: Int, contextWidth: Int, heads: Int) throws {
    query = try Linear(loader["to_q"], inputs: width, outputs: width, bias: false)
    keysAndValues = try Linear(
      joining: [loader["to_k"], loader["to_v"]], inputs: contextWidth, outputs: width)
    output = try Linear(loader["to_out"][0], inputs: width, outputs: width)
    options = AttentionOptions(heads: heads)
    self.width = width
  }

  /// Keys and values [batch, tokens, 2·width] of hidden states [batch, tokens, contextWidth], which
  /// `hypernetworks` change.
  public func prepare(
    _ hiddenStates: Tensor, hypernetworks: Hypernetworks? = nil
  ) throws(TensorError) -> Tensor {
    guard let changed = try hypernetworks?(hiddenStates) else { return try keysAndValues(hiddenStates) }
    return try Tensor.joined(columns: [
      (keysAndValues(changed.keys), 0..<width), (keysAndValues(changed.values), width..<2 * width),
    ])
  }

  /// [batch, rows, width] → the same; `residual` is added.
  public func callAsFunction(
    _ x: Tensor, keysAndValues: Tensor, residual: Tensor
  ) throws(TensorError) -> Tensor {
    try output(query(x).attention(keysAndValues: keysAndValues, options), residual: residual)
  }
}
