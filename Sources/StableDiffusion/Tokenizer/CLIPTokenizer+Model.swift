public import Checkpoints
import FoundationEssentials

extension CLIPTokenizer {
  /// Reads a model's `tokenizer`: `vocab.json` and `merges.txt`, or else `tokenizer.json`.
  /// - Throws: `CheckpointError` for files that cannot be read, `TokenizerError` for what is in them.
  public init(_ model: any ModelSource) throws {
    func optional(_ name: String) throws -> Data? {
      model.contains(name) ? Data(try model.read(name)) : nil
    }
    let configuration = try optional("tokenizer/tokenizer_config.json")
    let specialTokens = try optional("tokenizer/special_tokens_map.json")
    if !model.contains("tokenizer/vocab.json"), let file = try optional("tokenizer/tokenizer.json") {
      try self.init(file: file, configuration: configuration, specialTokens: specialTokens)
    } else {
      try self.init(
        vocabulary: Data(try model.read("tokenizer/vocab.json")),
        merges: Data(try model.read("tokenizer/merges.txt")),
        configuration: configuration, specialTokens: specialTokens)
    }
  }
}
