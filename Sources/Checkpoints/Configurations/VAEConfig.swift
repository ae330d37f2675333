/// The sizes and options of an `AutoencoderKL`, from `vae/config.json`.
///
/// Absent keys have diffusers' defaults; options of other autoencoders are refused by name.
public struct VAEConfig: Decodable, Equatable, Sendable {
  /// Channels of the picture: 3.
  public let pictureChannels: Int
  /// Channels of the latents.
  public let latentChannels: Int
  /// Channels of each level, finest first.
  public let blockOutputChannels: [Int]
  /// Residual layers of each encoder level; the decoder has one more.
  public let layersPerBlock: Int
  /// Groups of every group normalisation.
  public let normGroups: Int
  /// What the diffusion model's latents are multiplied by: latents = (z − shift) · scale.
  public let scalingFactor: Float
  /// What is subtracted from z before scaling; 0 for SD 1.x and 2.x.
  public let shiftFactor: Float
  /// Whether a 1×1 convolution stands after the encoder.
  public let usesQuantConv: Bool
  /// Whether a 1×1 convolution stands before the decoder.
  public let usesPostQuantConv: Bool
  /// Whether the middle block attends.
  public let midBlockAttends: Bool

  /// Whether activations may leave float16's range (`force_upcast`), as SDXL's do; bfloat16 and float32 hold them.
  ///
  /// diffusers' default is true, and its pipelines of SD 1.x and 2.x do not look at it.
  public let exceedsFloat16: Bool

  /// Pixels per latent in each direction: 8 for SD.
  public var scale: Int { 1 << (blockOutputChannels.count - 1) }

  /// Reads and checks the file; throws `CheckpointError.unsupported` naming what it cannot do.
  public init(from decoder: any Decoder) throws {
    let reader = try ConfigurationReader(decoder)
    try reader.require("_class_name", in: ["AutoencoderKL"])
    try reader.require("act_fn", in: ["silu", "swish"])
    try reader.requireAbsent(["latents_mean", "latents_std"])
    pictureChannels = try reader.value("in_channels", or: 3)
    try reader.require("out_channels", in: [pictureChannels])
    latentChannels = try reader.value("latent_channels", or: 4)
    blockOutputChannels = try reader.value("block_out_channels", or: [64])
    layersPerBlock = try reader.value("layers_per_block", or: 1)
    normGroups = try reader.value("norm_num_groups", or: 32)
    scalingFactor = try reader.value("scaling_factor", or: 0.18215)
    shiftFactor = try reader.value("shift_factor", or: 0)
    usesQuantConv = try reader.value("use_quant_conv", or: true)
    usesPostQuantConv = try reader.value("use_post_quant_conv", or: true)
    midBlockAttends = try reader.value("mid_block_add_attention", or: true)
    exceedsFloat16 = try reader.value("force_upcast", or: true)
    try check(reader)
  }

  private func check(_ reader: ConfigurationReader) throws {
    let levels = blockOutputChannels.count
    try reader.requireSizes("the length of block_out_channels", [levels], limit: 8)
    try reader.requireSizes("block_out_channels", blockOutputChannels)
    guard pictureChannels == 3 else {
      throw reader.unsupported("in_channels", found: "\(pictureChannels)", expected: "3, red, green and blue")
    }
    try reader.requireSizes("latent_channels", [latentChannels])
    try reader.requireSizes("layers_per_block", [layersPerBlock], limit: 16)
    try reader.requireSizes("norm_num_groups", [normGroups])
    for channels in blockOutputChannels where channels % normGroups != 0 {
      throw reader.unsupported(
        "block_out_channels", found: "\(channels)", expected: "a multiple of \(normGroups) groups")
    }
    guard scalingFactor.isFinite, scalingFactor > 0, shiftFactor.isFinite else {
      throw reader.unsupported("scaling_factor", found: "\(scalingFactor)", expected: "a positive number")
    }
    for (key, kind) in [("down_block_types", "DownEncoderBlock2D"), ("up_block_types", "UpDecoderBlock2D")] {
      let names = try reader.value(key, or: Array(repeating: kind, count: levels))
      for name in names where name != kind {
        throw reader.unsupported(key, found: name, expected: kind)
      }
      guard names.count == levels else {
        throw reader.unsupported(key, found: "\(names.count) blocks", expected: "\(levels)")
      }
    }
  }
}
