/// The autoencoder of a file in the original layout (CompVis, `ldm/modules/diffusionmodules/model.py`).
struct OriginalVAE {
  static let prefix = "first_stage_model."

  /// Channels of each level, finest first.
  private(set) var channels: [Int] = []
  /// Residual layers of each level of the encoder.
  let layers: Int
  /// Channels of the latents.
  let latentChannels: Int
  /// Whether 1×1 convolutions stand around the latents.
  let hasQuantConv, hasPostQuantConv: Bool
  /// Whether the middle block attends.
  let attends: Bool
  /// diffusers' names.
  private(set) var table: KeyTable
  private let names: TensorNames

  /// Takes the tensors that begin with `prefix`; a file of the autoencoder alone has none.
  init(_ entries: [TensorEntry], prefix: String = Self.prefix) throws(CheckpointError) {
    names = TensorNames(entries, prefix: prefix)
    table = KeyTable(names, prefix: prefix)
    let levels = names.count(below: "decoder.up", limit: 8)
    for level in 0..<levels {
      channels.append(try names.size("decoder.up.\(level).block.0.conv1.weight", 0))
    }
    layers = names.count(below: "decoder.up.0.block", limit: 17) - 1
    latentChannels = try names.size("decoder.conv_in.weight", 1)
    hasQuantConv = names.contains("quant_conv.weight")
    hasPostQuantConv = names.contains("post_quant_conv.weight")
    attends = names.hasAny(below: "decoder.mid.attn_1.")
    for side in ["encoder", "decoder"] {
      for part in ["conv_in", "conv_out"] { table.module("\(side).\(part)", "\(side).\(part)") }
      table.module("\(side).norm_out", "\(side).conv_norm_out")
      middle(side)
    }
    for part in ["quant_conv", "post_quant_conv"] { table.module(part, part) }
    for level in 0..<levels { map(level, of: levels) }
    // Left over from training: the discriminator.
    table.ignore(below: "loss.")
    table.ignore(below: "model_ema.")
  }

  private mutating func map(_ level: Int, of levels: Int) {
    // The original counts the way up from the finest level, diffusers in the order it is run.
    let up = "decoder.up_blocks.\(levels - 1 - level)"
    for layer in 0...layers {
      resnet("encoder.down.\(level).block.\(layer)", "encoder.down_blocks.\(level).resnets.\(layer)")
      resnet("decoder.up.\(level).block.\(layer)", "\(up).resnets.\(layer)")
    }
    table.module(
      "encoder.down.\(level).downsample.conv", "encoder.down_blocks.\(level).downsamplers.0.conv")
    table.module("decoder.up.\(level).upsample.conv", "\(up).upsamplers.0.conv")
  }

  private mutating func middle(_ side: String) {
    resnet("\(side).mid.block_1", "\(side).mid_block.resnets.0")
    resnet("\(side).mid.block_2", "\(side).mid_block.resnets.1")
    let target = "\(side).mid_block.attentions.0"
    table.module("\(side).mid.attn_1.norm", "\(target).group_norm")
    for (part, name) in [("q", "to_q"), ("k", "to_k"), ("v", "to_v"), ("proj_out", "to_out.0")] {
      table.module("\(side).mid.attn_1.\(part)", "\(target).\(name)", part: .matrix)
    }
  }

  private mutating func resnet(_ place: String, _ target: String) {
    for part in ["norm1", "conv1", "norm2", "conv2"] { table.module("\(place).\(part)", "\(target).\(part)") }
    table.module("\(place).nin_shortcut", "\(target).conv_shortcut")
  }
}
