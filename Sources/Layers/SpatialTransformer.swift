public import Tensors

/// diffusers' `Transformer2DModel` over pixels: norm, projection, transformer blocks, projection, residual.
public struct SpatialTransformer: Sendable {
  /// The sizes of one.
  public struct Sizes: Sendable {
    let channels, contextWidth, heads, layers, groups: Int
    let linearProjection: Bool

    /// `linearProjection`: the file has the projections as matrices, not as 1×1 convolutions.
    public init(
      channels: Int, contextWidth: Int, heads: Int, layers: Int, groups: Int, linearProjection: Bool
    ) {
      self.channels = channels
      self.contextWidth = contextWidth
      self.heads = heads
      self.layers = layers
      self.groups = groups
      self.linearProjection = linearProjection
    }
  }

  private let norm: GroupNorm
  private let input: Linear
  private let blocks: [TransformerBlock]
  private let output: Linear

  /// Takes `norm`, `proj_in`, `transformer_blocks.N`, `proj_out`.
  public init(_ loader: LayerLoader, _ sizes: Sizes) throws {
    let channels = sizes.channels
    let pointwise = !sizes.linearProjection
    norm = try GroupNorm(loader["norm"], channels: channels, groups: sizes.groups, epsilon: 1e-6)
    input = try Linear(loader["proj_in"], inputs: channels, outputs: channels, pointwise: pointwise)
    blocks = try (0..<sizes.layers).map { index in
      try TransformerBlock(
        loader["transformer_blocks"][index], width: channels, contextWidth: sizes.contextWidth,
        heads: sizes.heads)
    }
    output = try Linear(loader["proj_out"], inputs: channels, outputs: channels, pointwise: pointwise)
  }

  /// Keys and values of the prompt for each block.
  public func prepare(
    _ hiddenStates: Tensor, hypernetworks: Hypernetworks? = nil
  ) throws(TensorError) -> [Tensor] {
    try blocks.map { block throws(TensorError) in
      try block.prepare(hiddenStates, hypernetworks: hypernetworks)
    }
  }

  /// [batch, height, width, channels] → the same.
  public func callAsFunction(
    _ x: Tensor, keysAndValues: [Tensor], hypernetworks: Hypernetworks? = nil
  ) throws(TensorError) -> Tensor {
    let shape = x.shape
    let rows: Shape = [shape[0], shape[1] * shape[2], shape[3]]
    var hidden = try input(norm(x).reshaped(rows))
    for (block, keysAndValues) in zip(blocks, keysAndValues) {
      hidden = try block(hidden, keysAndValues: keysAndValues, hypernetworks: hypernetworks)
    }
    return try output(hidden, residual: x.reshaped(rows)).reshaped(shape)
  }
}
