public import Checkpoints
import FoundationEssentials

extension CLIPTokenizer {
  /// Reads `tokenizer` of a diffusers folder.
  /// - Throws: `CheckpointError` for files that cannot be read, `TokenizerError` for what is in them.
  public init(_ folder: ModelFolder) throws {
    func optional(_ name: String) throws -> Data? {
      folder.contains(name) ? Data(try folder.read(name)) : nil
    }
    try self.init(
      vocabulary: Data(try folder.read("tokenizer/vocab.json")),
      merges: Data(try folder.read("tokenizer/merges.txt")),
      configuration: try optional("tokenizer/tokenizer_config.json"),
      specialTokens: try optional("tokenizer/special_tokens_map.json"))
  }
}
