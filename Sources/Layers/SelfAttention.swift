public import Tensors

/// Multi-head attention of a sequence to itself (Vaswani 2017), with queries, keys and values as one product.
public struct SelfAttention: Sendable {
  /// What the parts are called in the file; diffusers and transformers differ.
  public struct Names: Sendable {
    let query, key, value, output: String

    /// diffusers' `Attention`.
    public static let diffusers = Names(query: "to_q", key: "to_k", value: "to_v", output: "to_out.0")
    /// diffusers' `AttentionBlock`, which older autoencoder files still have.
    public static let legacy = Names(query: "query", key: "key", value: "value", output: "proj_attn")
    /// transformers' CLIP.
    public static let transformers = Names(
      query: "q_proj", key: "k_proj", value: "v_proj", output: "out_proj")
  }

  private let projection: Linear
  private let output: Linear
  private let options: AttentionOptions
  private let width: Int

  /// Takes four linear layers of `width` to `width`; `bias` says whether the first three have one.
  public init(
    _ loader: LayerLoader, names: Names = .diffusers, width: Int, heads: Int, bias: Bool = false,
    causal: Bool = false
  ) throws {
    projection = try Linear(
      joining: [loader[names.query], loader[names.key], loader[names.value]], inputs: width,
      outputs: width, bias: bias)
    output = try Linear(loader[names.output], inputs: width, outputs: width)
    options = AttentionOptions(heads: heads, causal: causal)
    self.width = width
  }

  /// [batch, rows, width] → the same; `residual` is added.
  ///
  /// `hypernetworks` change what keys and values are made of.
  public func callAsFunction(
    _ x: Tensor, residual: Tensor, hypernetworks: Hypernetworks? = nil
  ) throws(TensorError) -> Tensor {
    var projected = try projection(x)
    if let changed = try hypernetworks?(x) {
      projected = try Tensor.joined(columns: [
        (projected, 0..<width), (projection(changed.keys), width..<2 * width),
        (projection(changed.values), 2 * width..<3 * width),
      ])
    }
    return try output(projected.selfAttention(options), residual: residual)
  }
}
