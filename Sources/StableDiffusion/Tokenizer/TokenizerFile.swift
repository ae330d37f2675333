import FoundationEssentials

/// `tokenizer.json`, which newer tools write instead of `vocab.json` and `merges.txt`.
struct TokenizerFile: Decodable {
  /// Tokens found in text as they stand.
  let addedTokens: [SpecialToken]
  /// Token text to id.
  let vocabulary: [String: Int32]
  /// Two symbols with a space between them, best first.
  let merges: [String]

  /// Reads the file.
  /// - Throws: `TokenizerError` when it holds another kind of tokenizer than CLIP's.
  static func read(_ data: Data) throws(TokenizerError) -> TokenizerFile {
    do {
      return try JSONDecoder().decode(TokenizerFile.self, from: data)
    } catch {
      throw .file(
        name: "tokenizer.json", expected: "byte pairs with the end-of-word mark '</w>', as CLIP's",
        found: "\(data.count) other bytes")
    }
  }

  init(from decoder: any Decoder) throws {
    let file = try decoder.container(keyedBy: CodingKeys.self)
    let model = try file.nestedContainer(keyedBy: ModelKeys.self, forKey: .model)
    guard try model.decodeIfPresent(String.self, forKey: .type) ?? "BPE" == "BPE",
      try model.decode(String.self, forKey: .suffix) == "</w>"
    else {
      throw DecodingError.dataCorruptedError(forKey: .suffix, in: model, debugDescription: "not CLIP's")
    }
    vocabulary = try model.decode([String: Int32].self, forKey: .vocabulary)
    // Older files have texts here, newer ones pairs.
    if let pairs = try? model.decode([[String]].self, forKey: .merges) {
      merges = pairs.map { $0.joined(separator: " ") }
    } else {
      merges = try model.decode([String].self, forKey: .merges)
    }
    addedTokens = try (file.decodeIfPresent([Added].self, forKey: .added) ?? []).map {
      SpecialToken(content: $0.content, isNormalized: $0.normalized ?? false)
    }
  }

  private struct Added: Decodable {
    var content: String
    var normalized: Bool?
  }

  private enum CodingKeys: String, CodingKey {
    case model
    case added = "added_tokens"
  }

  private enum ModelKeys: String, CodingKey {
    case type, merges
    case vocabulary = "vocab"
    case suffix = "end_of_word_suffix"
  }
}
