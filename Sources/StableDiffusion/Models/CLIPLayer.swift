import Checkpoints
import Layers
import Tensors

/// One block of CLIP's transformers: self-attention and two linear layers, each behind a norm.
struct CLIPLayer: Sendable {
  private let norm1: LayerNorm
  private let attention: SelfAttention
  private let norm2: LayerNorm
  private let expand: Linear
  private let contract: Linear
  private let activation: Activation

  /// - Parameter causal: Whether a token sees only what stands before it: in texts.
  init(_ loader: LayerLoader, _ sizes: CLIPBlockSizes, causal: Bool) throws {
    let (width, inner) = (sizes.width, sizes.feedForwardWidth)
    norm1 = try LayerNorm(loader["layer_norm1"], columns: width, epsilon: sizes.normEpsilon)
    attention = try SelfAttention(
      loader["self_attn"], names: .transformers, width: width, heads: sizes.heads, bias: true,
      causal: causal)
    norm2 = try LayerNorm(loader["layer_norm2"], columns: width, epsilon: sizes.normEpsilon)
    expand = try Linear(loader["mlp"]["fc1"], inputs: width, outputs: inner)
    contract = try Linear(loader["mlp"]["fc2"], inputs: inner, outputs: width)
    activation = sizes.activation == .gelu ? .gelu : .quickGELU
  }

  func callAsFunction(_ x: Tensor) throws(TensorError) -> Tensor {
    let x = try attention(norm1(x), residual: x)
    return try contract(expand(norm2(x), activation: activation), residual: x)
  }
}
