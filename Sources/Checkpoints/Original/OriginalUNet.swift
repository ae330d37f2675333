/// The UNet of a file in the original layout (CompVis, `ldm/modules/diffusionmodules/openaimodel.py`): one walk
/// over its blocks gives diffusers' names and the sizes.
struct OriginalUNet {
  static let prefix = "model.diffusion_model."

  /// One resolution, as the blocks found there say.
  struct Level {
    var channels = 0
    var layers = 0
    /// Transformer layers in each attention; 0: no attention.
    var transformerLayers = 0
  }

  /// The levels on the way down, finest first.
  private(set) var down: [Level] = [Level()]
  /// The levels on the way up, coarsest first.
  private(set) var up: [Level] = [Level()]
  /// Width of the text encoder's hidden states.
  private(set) var contextWidth: Int?
  /// Width of what SDXL is told beside the timestep.
  private(set) var additionInputs: Int?
  /// Whether the projections around the transformers are matrices.
  private(set) var usesLinearProjection = false
  /// diffusers' names.
  private(set) var table: KeyTable
  /// Channels of the latents, and of the prediction.
  let inputChannels, outputChannels: Int
  private let names: TensorNames

  /// The most blocks on each way.
  private static let blockLimit = 64

  init(_ entries: [TensorEntry]) throws(CheckpointError) {
    names = TensorNames(entries, prefix: Self.prefix)
    table = KeyTable(names, prefix: Self.prefix)
    inputChannels = try names.size("input_blocks.0.0.weight", 1)
    outputChannels = try names.size("out.2.weight", 0)
    for (place, target) in [
      ("input_blocks.0.0", "conv_in"), ("time_embed.0", "time_embedding.linear_1"),
      ("time_embed.2", "time_embedding.linear_2"), ("out.0", "conv_norm_out"), ("out.2", "conv_out"),
    ] { table.module(place, target) }
    if names.contains("label_emb.0.0.weight") {
      additionInputs = try names.size("label_emb.0.0.weight", 1)
      table.module("label_emb.0.0", "add_embedding.linear_1")
      table.module("label_emb.0.2", "add_embedding.linear_2")
    }
    try walkDown()
    try resnet("middle_block.0", "mid_block.resnets.0")
    if names.hasAny(below: "middle_block.1.") {
      _ = try attention("middle_block.1", "mid_block.attentions.0")
    }
    try resnet("middle_block.2", "mid_block.resnets.1")
    try walkUp()
  }

  private mutating func walkDown() throws(CheckpointError) {
    var level = 0
    for number in 1..<Self.blockLimit {
      let block = "input_blocks.\(number)"
      guard names.hasAny(below: "\(block).") else { return }
      let target = "down_blocks.\(level)"
      if names.contains("\(block).0.op.weight") {
        table.module("\(block).0.op", "\(target).downsamplers.0.conv")
        down.append(Level())
        level += 1
      } else {
        down[level] = try stage(block, target, down[level])
      }
    }
  }

  private mutating func walkUp() throws(CheckpointError) {
    var level = 0
    for number in 0..<Self.blockLimit {
      let block = "output_blocks.\(number)"
      guard names.hasAny(below: "\(block).") else { return }
      let target = "up_blocks.\(level)"
      up[level] = try stage(block, target, up[level])
      for place in ["\(block).1.conv", "\(block).2.conv"] where names.contains("\(place).weight") {
        table.module(place, "\(target).upsamplers.0.conv")
        up.append(Level())
        level += 1
      }
    }
  }

  /// A residual layer and, if the block has one, the attention behind it; returns the level with them.
  private mutating func stage(
    _ block: String, _ target: String, _ before: Level
  ) throws(CheckpointError) -> Level {
    var level = before
    try resnet("\(block).0", "\(target).resnets.\(level.layers)")
    level.channels = try names.size("\(block).0.out_layers.3.weight", 0)
    if names.contains("\(block).1.norm.weight") {
      level.transformerLayers = try attention("\(block).1", "\(target).attentions.\(level.layers)")
    }
    level.layers += 1
    return level
  }

  private mutating func resnet(_ place: String, _ target: String) throws(CheckpointError) {
    _ = try names.size("\(place).in_layers.2.weight", 3)
    for (part, name) in [
      ("in_layers.0", "norm1"), ("in_layers.2", "conv1"), ("emb_layers.1", "time_emb_proj"),
      ("out_layers.0", "norm2"), ("out_layers.3", "conv2"), ("skip_connection", "conv_shortcut"),
    ] { table.module("\(place).\(part)", "\(target).\(name)") }
  }

  /// A transformer's tensors have the same names in both layouts; returns its layers.
  private mutating func attention(_ place: String, _ target: String) throws(CheckpointError) -> Int {
    table.all(below: "\(place).", "\(target).")
    contextWidth = try names.size("\(place).transformer_blocks.0.attn2.to_k.weight", 1)
    usesLinearProjection = names.rank("\(place).proj_in.weight") == 2
    return names.count(below: "\(place).transformer_blocks")
  }
}
