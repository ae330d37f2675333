import FoundationEssentials

/// A token that is found in text as it stands and never cut into words.
struct SpecialToken: Equatable, Sendable {
  /// The text.
  var content: String
  /// Whether it is looked for after normalisation, so that case does not matter.
  var isNormalized: Bool
}

/// The special tokens' roles, from `tokenizer_config.json` and `special_tokens_map.json`.
struct SpecialTokens: Sendable {
  var start = "<|startoftext|>"
  var end = "<|endoftext|>"
  var unknown = "<|endoftext|>"
  var padding = "<|endoftext|>"
  /// Every token to look for, longest first.
  var all: [SpecialToken] = []
  /// `model_max_length`, when it is a sane number.
  var length: Int?

  /// Reads both files; absent ones leave CLIP's own values.
  ///
  /// Transformers' rule: flags of `added_tokens_decoder` hold; otherwise a plain string is looked for before
  /// normalisation and an object says so itself; of two declarations of one token the later counts, in the
  /// order start, end, unknown, padding.
  init(configuration: Data?, map: Data?) throws(TokenizerError) {
    let config = try Self.read(configuration, "tokenizer_config.json")
    let names = try Self.read(map, "special_tokens_map.json")
    length = config?.length.flatMap { Int(exactly: $0) }.flatMap { (2...4096).contains($0) ? $0 : nil }
    let roles = [
      names?.start ?? config?.start, names?.end ?? config?.end, names?.unknown ?? config?.unknown,
      names?.padding ?? config?.padding,
    ]
    start = roles[0]?.content ?? start
    end = roles[1]?.content ?? end
    unknown = roles[2]?.content ?? unknown
    padding = roles[3]?.content ?? padding
    var flags: [String: Bool] = [:]
    for text in [start, end, unknown, padding] { flags[text] = false }
    for role in roles { if let role { flags[role.content] = role.normalized ?? false } }
    for token in (config?.added ?? [:]).values { flags[token.content] = token.normalized ?? false }
    all = Self.sorted(flags)
  }

  /// Adds the tokens `tokenizer.json` declares; its flags hold.
  mutating func add(_ tokens: [SpecialToken]) {
    var flags = Dictionary(uniqueKeysWithValues: all.map { ($0.content, $0.isNormalized) })
    for token in tokens { flags[token.content] = token.isNormalized }
    all = Self.sorted(flags)
  }

  private static func sorted(_ flags: [String: Bool]) -> [SpecialToken] {
    flags.map { SpecialToken(content: $0.key, isNormalized: $0.value) }
      .filter { !$0.content.isEmpty }
      .sorted { ($1.content.count, $0.content) < ($0.content.count, $1.content) }
  }

  private struct Entry: Decodable {
    var content: String
    var normalized: Bool?

    private enum CodingKeys: String, CodingKey { case content, normalized }

    init(from decoder: any Decoder) throws {
      if let text = try? decoder.singleValueContainer().decode(String.self) {
        content = text
      } else {
        let object = try decoder.container(keyedBy: CodingKeys.self)
        content = try object.decode(String.self, forKey: .content)
        normalized = try object.decodeIfPresent(Bool.self, forKey: .normalized)
      }
    }
  }

  private struct File: Decodable {
    var start, end, unknown, padding: Entry?
    var added: [String: Entry]?
    var length: Double?

    private enum CodingKeys: String, CodingKey {
      case start = "bos_token"
      case end = "eos_token"
      case unknown = "unk_token"
      case padding = "pad_token"
      case added = "added_tokens_decoder"
      case length = "model_max_length"
    }
  }

  private static func read(_ data: Data?, _ name: String) throws(TokenizerError) -> File? {
    guard let data else { return nil }
    do {
      return try JSONDecoder().decode(File.self, from: data)
    } catch {
      throw .file(name: name, expected: "a JSON object of special tokens", found: "\(data.count) other bytes")
    }
  }
}
