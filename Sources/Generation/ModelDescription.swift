/// One model a worker can run, as the page shows it.
public struct ModelDescription: Codable, Hashable, Sendable {
  /// The name requests use: the folder's or file's name without extension, unique in a worker.
  public var name: String
  /// `sd1`, `sd2`, `sdxl`: what kind of network it is.
  public var family: String
  /// SHA-256 of the UNet's weights in lower-case hexadecimal; nil while it is being computed.
  public var sha256: String?
  /// Bytes of all weight files.
  public var bytes: Int
  /// Stored precision: `float16`, `bfloat16` or `float32`.
  public var precision: String
  /// Settings that suit the model; the page starts with them.
  public var defaults: ModelDefaults
  /// Prompts that suit the model.
  public var examples: [ExamplePrompt]

  /// Makes a description.
  public init(
    name: String, family: String, sha256: String?, bytes: Int, precision: String,
    defaults: ModelDefaults, examples: [ExamplePrompt] = []
  ) {
    self.name = name
    self.family = family
    self.sha256 = sha256
    self.bytes = bytes
    self.precision = precision
    self.defaults = defaults
    self.examples = examples
  }
}
