/// The sizes and options of a `CLIPTextModel`, from `text_encoder/config.json`.
///
/// Absent keys have transformers' defaults.
public struct TextEncoderConfig: Decodable, Equatable, Sendable {
  /// How many tokens the vocabulary has.
  public let vocabularySize: Int
  /// The sizes of each block.
  public let block: CLIPBlockSizes
  /// Blocks.
  public let layers: Int
  /// The longest sequence: 77.
  public let maximumLength: Int
  /// Width of the projected pooled text (`projection_dim`), which only SDXL's second encoder is asked for.
  public let projectionWidth: Int

  /// Width of the hidden states.
  public var width: Int { block.width }

  /// Reads and checks the file; throws `CheckpointError.unsupported` naming what it cannot do.
  public init(from decoder: any Decoder) throws {
    let reader = try ConfigurationReader(decoder)
    try reader.require("model_type", in: ["clip_text_model"])
    vocabularySize = try reader.value("vocab_size", or: 49408)
    block = try CLIPBlockSizes(reader, width: 512, feedForwardWidth: 2048, heads: 8)
    layers = try reader.value("num_hidden_layers", or: 12)
    maximumLength = try reader.value("max_position_embeddings", or: 77)
    projectionWidth = try reader.value("projection_dim", or: 512)
    try reader.requireSizes("vocab_size", [vocabularySize], limit: 1 << 24)
    try reader.requireSizes("max_position_embeddings", [maximumLength])
    try reader.requireSizes("projection_dim", [projectionWidth])
    try reader.requireSizes("num_hidden_layers", [layers], limit: 256)
  }
}
