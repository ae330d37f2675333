/// The sizes of a `StableDiffusionSafetyChecker`, from `safety_checker/config.json`.
///
/// Absent keys have transformers' defaults.
public struct SafetyCheckerConfig: Decodable, Equatable, Sendable {
  /// CLIP's transformer of pictures.
  public struct Vision: Decodable, Equatable, Sendable {
    /// The sizes of each block.
    public let block: CLIPBlockSizes
    /// Blocks.
    public let layers: Int
    /// Pixels of a side of the picture it sees.
    public let pictureSide: Int
    /// Pixels of a side of each patch.
    public let patchSide: Int

    /// Patches of the picture.
    public var patches: Int { (pictureSide / patchSide) * (pictureSide / patchSide) }

    /// Reads and checks `vision_config`; throws `CheckpointError.unsupported` naming what it cannot do.
    public init(from decoder: any Decoder) throws {
      let reader = try ConfigurationReader(decoder)
      block = try CLIPBlockSizes(reader, width: 768, feedForwardWidth: 3072, heads: 12)
      layers = try reader.value("num_hidden_layers", or: 12)
      pictureSide = try reader.value("image_size", or: 224)
      patchSide = try reader.value("patch_size", or: 32)
      try reader.require("num_channels", in: [3])
      try reader.requireSizes("num_hidden_layers", [layers], limit: 256)
      try reader.requireSizes("image_size", [pictureSide], limit: 4096)
      try reader.requireSizes("patch_size", [patchSide], limit: pictureSide)
    }
  }

  /// The transformer.
  public let vision: Vision
  /// Width of the space in which pictures and concepts are compared.
  public let projectionWidth: Int

  /// Reads and checks the file; throws `CheckpointError.unsupported` naming what it cannot do.
  public init(from decoder: any Decoder) throws {
    let reader = try ConfigurationReader(decoder)
    guard let vision = try reader.value("vision_config", as: Vision.self) else {
      throw reader.unsupported("vision_config", found: "nothing", expected: "sizes of CLIP's vision tower")
    }
    self.vision = vision
    projectionWidth = try reader.value("projection_dim", or: 512)
    try reader.requireSizes("projection_dim", [projectionWidth])
  }
}
