public import Checkpoints
import FoundationEssentials

extension CLIPTokenizer {
  /// Reads `tokenizer` of a diffusers folder: `vocab.json` and `merges.txt`, or else `tokenizer.json`.
  /// - Throws: `CheckpointError` for files that cannot be read, `TokenizerError` for what is in them.
  public init(_ folder: ModelFolder) throws {
    func optional(_ name: String) throws -> Data? {
      folder.contains(name) ? Data(try folder.read(name)) : nil
    }
    let configuration = try optional("tokenizer/tokenizer_config.json")
    let specialTokens = try optional("tokenizer/special_tokens_map.json")
    if !folder.contains("tokenizer/vocab.json"), let file = try optional("tokenizer/tokenizer.json") {
      try self.init(file: file, configuration: configuration, specialTokens: specialTokens)
    } else {
      try self.init(
        vocabulary: Data(try folder.read("tokenizer/vocab.json")),
        merges: Data(try folder.read("tokenizer/merges.txt")),
        configuration: configuration, specialTokens: specialTokens)
    }
  }
}
