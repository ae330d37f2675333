public import FoundationEssentials

/// CLIP's byte-level byte-pair tokenizer; gives transformers' ids for any text.
///
/// Text is composed (NFC) and lower-cased, cut into words, each word's UTF-8 bytes are merged into tokens.
/// HTML entities are left as they are. No input fails: every byte has a token.
public struct CLIPTokenizer: Sendable {
  /// Ids in one sequence, start and end included: 77 for CLIP.
  public let length: Int
  /// The id that begins a sequence.
  public let startID: Int32
  /// The id that ends a sequence.
  public let endID: Int32
  /// The id that fills a sequence up.
  public let paddingID: Int32
  /// The number of ids.
  public let vocabularySize: Int

  private let pairs: BytePairs
  private let unknownID: Int32
  private let raw: [(text: [Unicode.Scalar], id: Int32)]
  private let normalized: [(text: [Unicode.Scalar], id: Int32)]

  /// Reads the files of a diffusers folder's `tokenizer`, as bytes; the last two may be absent.
  /// - Throws: `TokenizerError` when a file does not hold what it should.
  public init(
    vocabulary: Data, merges: Data, configuration: Data? = nil, specialTokens: Data? = nil
  ) throws(TokenizerError) {
    let table: [String: Int32]
    do {
      table = try JSONDecoder().decode([String: Int32].self, from: vocabulary)
    } catch {
      throw .file(
        name: "vocab.json", expected: "a JSON object of ids", found: "\(vocabulary.count) other bytes")
    }
    let pairs = try BytePairs(vocabulary: table, mergesText: String(decoding: merges, as: UTF8.self))
    let special = try SpecialTokens(configuration: configuration, map: specialTokens)
    try self.init(pairs, special, file: "vocab.json")
  }

  /// Reads `tokenizer.json`, which holds vocabulary and merges in one; the other files may be absent.
  /// - Throws: `TokenizerError` when a file does not hold what it should.
  public init(
    file: Data, configuration: Data? = nil, specialTokens: Data? = nil
  ) throws(TokenizerError) {
    let name = "tokenizer.json"
    let file = try TokenizerFile.read(file)
    let rules = file.merges.enumerated().map { (place: "merge \($0 + 1)", text: $1) }
    let pairs = try BytePairs(vocabulary: file.vocabulary, rules: rules, file: name)
    var special = try SpecialTokens(configuration: configuration, map: specialTokens)
    special.add(file.addedTokens)
    try self.init(pairs, special, file: name)
  }

  private init(_ pairs: BytePairs, _ special: SpecialTokens, file: String) throws(TokenizerError) {
    let table = pairs.vocabulary
    guard let last = table.values.max(), let first = table.values.min(), first >= 0, last < 1 << 20 else {
      throw .file(name: file, expected: "ids from 0 to 1048575", found: "\(table.count) ids")
    }
    func id(_ text: String) throws(TokenizerError) -> Int32 {
      guard let id = table[text] else {
        throw .file(name: file, expected: "the special token '\(text)'", found: "none")
      }
      return id
    }
    self.pairs = pairs
    startID = try id(special.start)
    endID = try id(special.end)
    unknownID = try id(special.unknown)
    paddingID = try id(special.padding)
    length = special.length ?? 77
    vocabularySize = Int(last) + 1
    let known = special.all.compactMap { token in
      table[token.content].map { (text: Array(token.content.unicodeScalars), id: $0, token.isNormalized) }
    }
    raw = known.filter { !$0.2 }.map { ($0.text, $0.id) }
    normalized = known.filter { $0.2 }.map { ($0.text, $0.id) }
  }

  /// The text's tokens without start, end and padding, however many they are.
  public func tokens(_ text: String) -> [Int32] {
    var ids: [Int32] = []
    Self.cut(Array(text.unicodeScalars), at: raw) { piece, special in
      if let special {
        ids.append(special)
      } else {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: piece)
        Self.cut(WordSplitter.normalized(String(view)), at: normalized) { piece, special in
          if let special { ids.append(special) } else { append(words: Array(piece), to: &ids) }
        }
      }
    }
    return ids
  }

  /// Exactly `length` ids: start, as many tokens as fit, end, padding.
  /// - Parameter limit: A shorter or longer sequence than the tokenizer's own, at least 2.
  public func encode(_ text: String, length limit: Int? = nil) -> [Int32] {
    let length = max(limit ?? length, 2)
    var ids = [startID]
    ids += tokens(text).prefix(length - 2)
    ids.append(endID)
    ids += [Int32](repeating: paddingID, count: length - ids.count)
    return ids
  }

  private func append(words text: [Unicode.Scalar], to ids: inout [Int32]) {
    for word in WordSplitter.words(text) {
      ids += pairs.tokens(ByteSymbols.symbols(word), unknown: unknownID)
    }
  }

  /// Calls `body` with each piece between the given tokens and with each token found, from left to right.
  private static func cut(
    _ text: [Unicode.Scalar], at tokens: [(text: [Unicode.Scalar], id: Int32)],
    _ body: (ArraySlice<Unicode.Scalar>, Int32?) -> Void
  ) {
    var begin = 0
    var index = 0
    while index < text.count {
      let found = tokens.first { $0.text.first == text[index] && text[index...].starts(with: $0.text) }
      guard let found else {
        index += 1
        continue
      }
      if begin < index { body(text[begin..<index], nil) }
      body([], found.id)
      index += found.text.count
      begin = index
    }
    if begin < text.count { body(text[begin...], nil) }
  }
}
