public import Checkpoints
import FoundationEssentials

extension CLIPTokenizer {
  /// Reads a model's `tokenizer`, or SDXL's `tokenizer_2`: `vocab.json` and `merges.txt`, or else `tokenizer.json`.
  /// - Throws: `CheckpointError` for files that cannot be read, `TokenizerError` for what is in them.
  public init(_ model: any ModelSource, folder: String = "tokenizer") throws {
    func optional(_ name: String) throws -> Data? {
      model.contains(name) ? Data(try model.read(name)) : nil
    }
    let configuration = try optional("\(folder)/tokenizer_config.json")
    let specialTokens = try optional("\(folder)/special_tokens_map.json")
    if !model.contains("\(folder)/vocab.json"), let file = try optional("\(folder)/tokenizer.json") {
      try self.init(file: file, configuration: configuration, specialTokens: specialTokens)
    } else {
      try self.init(
        vocabulary: Data(try model.read("\(folder)/vocab.json")),
        merges: Data(try model.read("\(folder)/merges.txt")),
        configuration: configuration, specialTokens: specialTokens)
    }
  }
}
