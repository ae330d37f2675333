public import Tensors

/// diffusers' `BasicTransformerBlock`: self-attention, cross-attention, feed-forward, each behind a norm.
public struct TransformerBlock: Sendable {
  private let selfNorm: LayerNorm
  private let selfAttention: SelfAttention
  private let crossNorm: LayerNorm
  private let crossAttention: CrossAttention
  private let feedForwardNorm: LayerNorm
  private let feedForward: FeedForward

  /// Takes `norm1`, `attn1`, `norm2`, `attn2`, `norm3`, `ff`.
  public init(_ loader: LayerLoader, width: Int, contextWidth: Int, heads: Int) throws {
    selfNorm = try LayerNorm(loader["norm1"], columns: width)
    selfAttention = try SelfAttention(loader["attn1"], width: width, heads: heads)
    crossNorm = try LayerNorm(loader["norm2"], columns: width)
    crossAttention = try CrossAttention(
      loader["attn2"], width: width, contextWidth: contextWidth, heads: heads)
    feedForwardNorm = try LayerNorm(loader["norm3"], columns: width)
    feedForward = try FeedForward(loader["ff"], width: width)
  }

  /// Keys and values of the prompt; see `CrossAttention.prepare`.
  public func prepare(
    _ hiddenStates: Tensor, hypernetworks: Hypernetworks? = nil
  ) throws(TensorError) -> Tensor {
    try crossAttention.prepare(hiddenStates, hypernetworks: hypernetworks)
  }

  /// [batch, rows, width] → the same.
  public func callAsFunction(
    _ x: Tensor, keysAndValues: Tensor, hypernetworks: Hypernetworks? = nil
  ) throws(TensorError) -> Tensor {
    var x = try selfAttention(selfNorm(x), residual: x, hypernetworks: hypernetworks)
    x = try crossAttention(crossNorm(x), keysAndValues: keysAndValues, residual: x)
    return try feedForward(feedForwardNorm(x), residual: x)
  }
}
