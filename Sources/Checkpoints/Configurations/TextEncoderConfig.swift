/// The sizes and options of a `CLIPTextModel`, from `text_encoder/config.json`.
///
/// Absent keys have transformers' defaults.
public struct TextEncoderConfig: Decodable, Equatable, Sendable {
  /// The function between the two linear layers of each block.
  public enum Activation: String, Sendable {
    /// The exact one: x · Φ(x).
    case gelu
    /// x · σ(1.702 x).
    case quickGELU = "quick_gelu"
  }

  /// How many tokens the vocabulary has.
  public let vocabularySize: Int
  /// Width of the hidden states.
  public let width: Int
  /// Width between the two linear layers of a block.
  public let feedForwardWidth: Int
  /// Blocks.
  public let layers: Int
  /// Attention heads of each block.
  public let heads: Int
  /// The longest sequence: 77.
  public let maximumLength: Int
  /// The blocks' activation.
  public let activation: Activation
  /// Width of the projected pooled text (`projection_dim`), which only SDXL's second encoder is asked for.
  public let projectionWidth: Int
  /// Epsilon of every layer normalisation.
  public let normEpsilon: Float

  /// Reads and checks the file; throws `CheckpointError.unsupported` naming what it cannot do.
  public init(from decoder: any Decoder) throws {
    let reader = try ConfigurationReader(decoder)
    try reader.require("model_type", in: ["clip_text_model"])
    vocabularySize = try reader.value("vocab_size", or: 49408)
    width = try reader.value("hidden_size", or: 512)
    feedForwardWidth = try reader.value("intermediate_size", or: 2048)
    layers = try reader.value("num_hidden_layers", or: 12)
    heads = try reader.value("num_attention_heads", or: 8)
    maximumLength = try reader.value("max_position_embeddings", or: 77)
    projectionWidth = try reader.value("projection_dim", or: 512)
    normEpsilon = try reader.value("layer_norm_eps", or: 1e-5)
    let name = try reader.value("hidden_act", or: "quick_gelu")
    guard let activation = Activation(rawValue: name) else {
      throw reader.unsupported("hidden_act", found: name, expected: "quick_gelu or gelu")
    }
    self.activation = activation
    try reader.requireSizes("vocab_size", [vocabularySize], limit: 1 << 24)
    try reader.requireSizes("hidden_size", [width, feedForwardWidth, maximumLength, projectionWidth])
    try reader.requireSizes("num_hidden_layers", [layers], limit: 256)
    try reader.requireSizes("num_attention_heads", [heads])
    guard width % heads == 0 else {
      throw reader.unsupported("hidden_size", found: "\(width)", expected: "a multiple of \(heads) heads")
    }
  }
}
