import Checkpoints
import Layers
import Tensors

/// The middle of an autoencoder: two residual layers with single-head attention between them.
struct VAEMidBlock: Sendable {
  /// Attention of all pixels to all, behind a group norm, plus a residual.
  private struct PixelAttention: Sendable {
    let norm: GroupNorm
    let attention: SelfAttention
  }

  private let first: ResnetBlock
  private let attention: PixelAttention?
  private let second: ResnetBlock

  init(_ loader: LayerLoader, channels: Int, _ config: VAEConfig) throws {
    let sizes = ResnetBlock.Sizes(
      inputs: channels, outputs: channels, groups: config.normGroups, epsilon: 1e-6)
    first = try ResnetBlock(loader["resnets"][0], sizes)
    if config.midBlockAttends {
      let place = loader["attentions"][0]
      let isLegacy = place.weights.contains("query.weight")
      attention = PixelAttention(
        norm: try GroupNorm(
          place["group_norm"], channels: channels, groups: config.normGroups, epsilon: 1e-6),
        attention: try SelfAttention(
          place, names: isLegacy ? .legacy : .diffusers, width: channels, heads: 1, bias: true))
    } else {
      attention = nil
    }
    second = try ResnetBlock(loader["resnets"][1], sizes)
  }

  func callAsFunction(_ x: Tensor) throws(TensorError) -> Tensor {
    var x = try first(x)
    if let attention {
      let shape = x.shape
      let rows: Shape = [shape[0], shape[1] * shape[2], shape[3]]
      let normed = try attention.norm(x).reshaped(rows)
      x = try attention.attention(normed, residual: x.reshaped(rows)).reshaped(shape)
    }
    return try second(x)
  }
}
