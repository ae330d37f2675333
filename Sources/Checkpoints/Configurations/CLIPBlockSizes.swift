/// The sizes of a block of one of CLIP's transformers, of texts and of pictures alike.
public struct CLIPBlockSizes: Equatable, Sendable {
  /// The function between the two linear layers.
  public enum Activation: String, Sendable {
    /// The exact one: x · Φ(x).
    case gelu
    /// x · σ(1.702 x).
    case quickGELU = "quick_gelu"
  }

  /// Width of the hidden states.
  public let width: Int
  /// Width between the two linear layers.
  public let feedForwardWidth: Int
  /// Attention heads.
  public let heads: Int
  /// Epsilon of every layer normalisation.
  public let normEpsilon: Float
  /// The activation.
  public let activation: Activation

  /// Reads and checks them; throws `CheckpointError.unsupported` naming what cannot be done.
  init(_ reader: ConfigurationReader, width: Int, feedForwardWidth: Int, heads: Int) throws {
    self.width = try reader.value("hidden_size", or: width)
    self.feedForwardWidth = try reader.value("intermediate_size", or: feedForwardWidth)
    self.heads = try reader.value("num_attention_heads", or: heads)
    normEpsilon = try reader.value("layer_norm_eps", or: 1e-5)
    let name = try reader.value("hidden_act", or: "quick_gelu")
    guard let activation = Activation(rawValue: name) else {
      throw reader.unsupported("hidden_act", found: name, expected: "quick_gelu or gelu")
    }
    self.activation = activation
    try reader.requireSizes("hidden_size", [self.width, self.feedForwardWidth])
    try reader.requireSizes("num_attention_heads", [self.heads])
    guard self.width % self.heads == 0 else {
      throw reader.unsupported(
        "hidden_size", found: "\(self.width)", expected: "a multiple of \(self.heads) heads")
    }
  }
}
