/// A file that goes with models, as capabilities show it: a LoRA, an embedding, a hypernetwork, an autoencoder.
public struct ExtraDescription: Codable, Hashable, Sendable {
  /// The name prompts and requests use: the file's without its ending, unique among its kind.
  public var name: String
  /// SHA-256 of the file in lower-case hexadecimal; nil while it is being computed.
  public var sha256: String?
  /// Bytes of the file.
  public var sizeBytes: Int
  /// The family of models it is for, `sd1`, `sd2` or `sdxl`; nil where the file does not say.
  public var family: String?

  /// Makes a description.
  public init(name: String, sha256: String? = nil, sizeBytes: Int, family: String? = nil) {
    self.name = name
    self.sha256 = sha256
    self.sizeBytes = sizeBytes
    self.family = family
  }

  enum CodingKeys: String, CodingKey {
    case name, sha256, family
    case sizeBytes = "size_bytes"
  }
}
