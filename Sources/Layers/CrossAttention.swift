public import Tensors

/// Multi-head attention of pixels to the prompt's hidden states.
///
/// Keys and values do not depend on the step, so `prepare` makes them once for each prompt.
public struct CrossAttention: Sendable {
  private let query: Linear
  private let keysAndValues: Linear
  private let output: Linear
  private let options: AttentionOptions

  /// Takes `to_q` [width, width], `to_k` and `to_v` [width, contextWidth], `to_out.0` [width, width].
  public init(_ loader: LayerLoader, width: Int, contextWidth: Int, heads: Int) throws {
    query = try Linear(loader["to_q"], inputs: width, outputs: width, bias: false)
    keysAndValues = try Linear(
      joining: [loader["to_k"], loader["to_v"]], inputs: contextWidth, outputs: width)
    output = try Linear(loader["to_out"][0], inputs: width, outputs: width)
    options = AttentionOptions(heads: heads)
  }

  /// Keys and values [batch, tokens, 2·width] of hidden states [batch, tokens, contextWidth].
  public func prepare(_ hiddenStates: Tensor) throws(TensorError) -> Tensor {
    try keysAndValues(hiddenStates)
  }

  /// [batch, rows, width] → the same; `residual` is added.
  public func callAsFunction(
    _ x: Tensor, keysAndValues: Tensor, residual: Tensor
  ) throws(TensorError) -> Tensor {
    try output(query(x).attention(keysAndValues: keysAndValues, options), residual: residual)
  }
}
