/// The sizes and options of a `UNet2DConditionModel`, from `unet/config.json`.
///
/// Absent keys have diffusers' defaults. Options that only other families use (Kandinsky's image embeddings, …) are
/// refused by name.
public struct UNetConfig: Decodable, Equatable, Sendable {
  /// The kinds of block on the way down.
  public enum DownBlock: String, CaseIterable, Sendable {
    /// Residual layers only.
    case plain = "DownBlock2D"
    /// Residual layers, each followed by attention to the prompt.
    case crossAttention = "CrossAttnDownBlock2D"
  }

  /// The kinds of block on the way up.
  public enum UpBlock: String, CaseIterable, Sendable {
    /// Residual layers only.
    case plain = "UpBlock2D"
    /// Residual layers, each followed by attention to the prompt.
    case crossAttention = "CrossAttnUpBlock2D"
  }

  /// Channels of the latents.
  public let inputChannels: Int
  /// Channels of the prediction.
  public let outputChannels: Int
  /// The latents' side the model was trained at, if the file says.
  public let sampleSize: Int?
  /// Whether cosines come before sines in the timestep embedding.
  public let flipsSinToCos: Bool
  /// The shift in the timestep embedding's frequencies: 0 or 1.
  public let frequencyShift: Float
  /// The blocks on the way down, finest first.
  public let downBlocks: [DownBlock]
  /// The blocks on the way up, coarsest first.
  public let upBlocks: [UpBlock]
  /// Channels of each level, finest first.
  public let blockOutputChannels: [Int]
  /// Residual layers of each level, finest first; the way up has one more.
  public let layersPerBlock: [Int]
  /// Transformer layers in each attention of each level, finest first.
  public let transformerLayers: [Int]
  /// Attention heads of each level, finest first.
  ///
  /// diffusers calls it `attention_head_dim`, for historical reasons (diffusers issue 2011).
  public let attentionHeads: [Int]
  /// Groups of every group normalisation.
  public let normGroups: Int
  /// Epsilon of the residual layers' group normalisations.
  public let normEpsilon: Float
  /// Width of the text encoder's hidden states.
  public let crossAttentionWidth: Int
  /// Whether the projections around the transformers are linear, not 1×1 convolutions.
  public let usesLinearProjection: Bool

  /// What SDXL adds to the time embedding; nil for other families.
  public let addition: Addition?
  /// Width of the guidance scale's embedding, which distilled models (LCM) take beside the timestep; nil: none.
  public let guidanceEmbeddingWidth: Int?

  /// SDXL's second input: the pooled text and six numbers about the picture's size (`text_time`).
  public struct Addition: Equatable, Sendable {
    /// Width of each number's sinusoids.
    public let numberWidth: Int
    /// Width of the pooled text.
    public let pooledWidth: Int
    /// Width of all together.
    public var inputs: Int { pooledWidth + 6 * numberWidth }
  }

  /// Channels of the time embedding.
  public var timeEmbeddingChannels: Int { 4 * blockOutputChannels[0] }

  /// Reads and checks the file; throws `CheckpointError.unsupported` naming what it cannot do.
  public init(from decoder: any Decoder) throws {
    let reader = try ConfigurationReader(decoder)
    try Self.refuseOtherFamilies(reader)
    inputChannels = try reader.value("in_channels", or: 4)
    outputChannels = try reader.value("out_channels", or: 4)
    sampleSize = try? reader.value("sample_size")
    flipsSinToCos = try reader.value("flip_sin_to_cos", or: true)
    frequencyShift = try reader.value("freq_shift", or: 0)
    downBlocks = try Self.blocks(
      reader, "down_block_types",
      or: ["CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"])
    upBlocks = try Self.blocks(
      reader, "up_block_types",
      or: ["UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"])
    blockOutputChannels = try reader.value("block_out_channels", or: [320, 640, 1280, 1280])
    let levels = blockOutputChannels.count
    try reader.requireSizes("the length of block_out_channels", [levels], limit: 8)
    layersPerBlock = try Self.perLevel(reader, "layers_per_block", or: 2, levels)
    transformerLayers = try Self.perLevel(reader, "transformer_layers_per_block", or: 1, levels)
    let headsKey =
      try reader.value("num_attention_heads", as: OneOrMany<Int>.self) == nil
      ? "attention_head_dim" : "num_attention_heads"
    attentionHeads = try Self.perLevel(reader, headsKey, or: 8, levels)
    normGroups = try reader.value("norm_num_groups", or: 32)
    normEpsilon = try reader.value("norm_eps", or: 1e-5)
    crossAttentionWidth = try Self.sameForAll(reader, "cross_attention_dim", or: 1280, levels)
    usesLinearProjection = try reader.value("use_linear_projection", or: false)
    addition = try Self.addition(reader)
    guidanceEmbeddingWidth = try reader.value("time_cond_proj_dim")
    try check(reader)
  }

  private static func addition(_ reader: ConfigurationReader) throws -> Addition? {
    guard let kind: String = try reader.value("addition_embed_type") else { return nil }
    guard kind == "text_time" else {
      throw reader.unsupported("addition_embed_type", found: kind, expected: "text_time")
    }
    let number = try reader.value("addition_time_embed_dim", or: 256)
    let inputs = try reader.value("projection_class_embeddings_input_dim", or: 2816)
    try reader.requireSizes("addition_time_embed_dim", [number], limit: 1 << 14)
    try reader.requireSizes("projection_class_embeddings_input_dim", [inputs])
    guard number.isMultiple(of: 2), inputs > 6 * number else {
      throw reader.unsupported(
        "projection_class_embeddings_input_dim", found: "\(inputs)", expected: "more than six times \(number)"
      )
    }
    return Addition(numberWidth: number, pooledWidth: inputs - 6 * number)
  }

  private func check(_ reader: ConfigurationReader) throws {
    let levels = blockOutputChannels.count
    try reader.requireSizes("block_out_channels", blockOutputChannels)
    try reader.requireSizes("layers_per_block", layersPerBlock, limit: 16)
    try reader.requireSizes("transformer_layers_per_block", transformerLayers, limit: 64)
    try reader.requireSizes("attention_head_dim", attentionHeads)
    try reader.requireSizes("in_channels", [inputChannels, outputChannels])
    try reader.requireSizes("cross_attention_dim", [crossAttentionWidth])
    try reader.requireSizes("norm_num_groups", [normGroups])
    if let guidanceEmbeddingWidth {
      try reader.requireSizes("time_cond_proj_dim", [guidanceEmbeddingWidth], limit: 1 << 14)
      guard guidanceEmbeddingWidth.isMultiple(of: 2) else {
        throw reader.unsupported("time_cond_proj_dim", found: "odd", expected: "an even width")
      }
    }
    if let sampleSize { try reader.requireSizes("sample_size", [sampleSize], limit: 1 << 16) }
    guard downBlocks.count == levels, upBlocks.count == levels else {
      throw reader.unsupported(
        "down_block_types", found: "\(downBlocks.count) down and \(upBlocks.count) up",
        expected: "\(levels) each, as block_out_channels has")
    }
    for (channels, heads) in zip(blockOutputChannels, attentionHeads) {
      guard channels % heads == 0, channels % normGroups == 0 else {
        throw reader.unsupported(
          "block_out_channels", found: "\(channels)",
          expected: "a multiple of \(heads) heads and of \(normGroups) groups")
      }
    }
    // The sinusoids come in pairs.
    guard blockOutputChannels[0] % 2 == 0 else {
      throw reader.unsupported("block_out_channels", found: "odd", expected: "an even first level")
    }
  }

  private static func refuseOtherFamilies(_ reader: ConfigurationReader) throws {
    try reader.require("_class_name", in: ["UNet2DConditionModel"])
    try reader.require("mid_block_type", in: ["UNetMidBlock2DCrossAttn"])
    try reader.require("act_fn", in: ["silu", "swish"])
    try reader.require("downsample_padding", in: [1])
    try reader.require("mid_block_scale_factor", in: [1.0])
    try reader.require("resnet_out_scale_factor", in: [1.0])
    try reader.require("resnet_time_scale_shift", in: ["default"])
    try reader.require("time_embedding_type", in: ["positional"])
    try reader.require("attention_type", in: ["default"])
    try reader.require("conv_in_kernel", in: [3])
    try reader.require("conv_out_kernel", in: [3])
    try reader.require("freq_shift", in: [0.0, 1.0])
    try reader.requireAbsent([
      "center_input_sample", "dual_cross_attention", "only_cross_attention", "class_embed_type",
      "num_class_embeds", "encoder_hid_dim", "encoder_hid_dim_type",
      "time_embedding_dim", "time_embedding_act_fn", "timestep_post_act",
      "resnet_skip_time_act", "class_embeddings_concat", "mid_block_only_cross_attention",
      "cross_attention_norm", "reverse_transformer_layers_per_block",
    ])
  }

  private static func blocks<Block: RawRepresentable<String> & CaseIterable>(
    _ reader: ConfigurationReader, _ key: String, or fallback: [String]
  ) throws -> [Block] {
    try reader.value(key, or: fallback).map { name in
      guard let block = Block(rawValue: name) else {
        let known = Block.allCases.map(\.rawValue).joined(separator: " or ")
        throw reader.unsupported(key, found: name, expected: known)
      }
      return block
    }
  }

  private static func perLevel(
    _ reader: ConfigurationReader, _ key: String, or fallback: Int, _ levels: Int
  ) throws -> [Int] {
    let setting = try reader.value(key, or: OneOrMany<Int>.one(fallback))
    guard let values = setting.values(levels) else {
      throw reader.unsupported(key, found: "a list of another length", expected: "\(levels) values")
    }
    return values
  }

  private static func sameForAll(
    _ reader: ConfigurationReader, _ key: String, or fallback: Int, _ levels: Int
  ) throws -> Int {
    let values = try perLevel(reader, key, or: fallback, levels)
    guard let first = values.first, values.allSatisfy({ $0 == first }) else {
      throw reader.unsupported(key, found: "\(values)", expected: "the same for all levels")
    }
    return first
  }
}
