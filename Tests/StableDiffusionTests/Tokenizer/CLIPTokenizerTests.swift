import Foundation
import StableDiffusion
import Testing

@Suite struct CLIPTokenizerTests {
  private struct Case: Decodable {
    var text: String
    var ids: [Int32]

    init(from decoder: any Decoder) throws {
      var list = try decoder.unkeyedContainer()
      text = try list.decode(String.self)
      ids = try list.decode([Int32].self)
    }
  }

  static func data(_ name: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: try Goldens.path("tokenizer/\(name)")))
  }

  static func tokenizer(configuration: String? = nil, map: String? = nil) throws -> CLIPTokenizer {
    try CLIPTokenizer(
      vocabulary: data("vocab.json"), merges: data("merges.txt"),
      configuration: try configuration.map { Data($0.utf8) } ?? data("tokenizer_config.json"),
      specialTokens: try map.map { Data($0.utf8) } ?? data("special_tokens_map.json"))
  }

  @Test(arguments: [("cases.json", 300), ("rare.json", 300)])
  func `strings of many scripts, and of rare scalars, have transformers' ids`(file: String, count: Int) throws
  {
    let tokenizer = try Self.tokenizer()
    let cases = try JSONDecoder().decode([Case].self, from: try Self.data(file))
    #expect(cases.count == count)
    var wrong: [String] = []
    for item in cases {
      let expected = item.ids + [Int32](repeating: item.ids.last ?? 0, count: 77 - item.ids.count)
      if tokenizer.encode(item.text) != expected { wrong.append(item.text.debugDescription) }
    }
    #expect(wrong.isEmpty, "\(wrong.count) differ: \(wrong.prefix(5))")
  }

  @Test func `a padding token of its own fills up, and is found in text as it stands`() throws {
    let marks = #""eos_token": {"content": "<|endoftext|>", "normalized": true}, "pad_token": "!""#
    let tokenizer = try Self.tokenizer(configuration: "{\(marks)}", map: "{\(marks)}")
    #expect(tokenizer.paddingID == 0)
    #expect(tokenizer.length == 77)
    let plain = try Self.tokenizer()
    // '!' alone is the token '!', not the word '!</w>'; case does not matter for a normalised token.
    #expect(tokenizer.tokens("a!b") == plain.tokens("a") + [0] + plain.tokens("b"))
    #expect(tokenizer.tokens("<|ENDOFTEXT|>") == [tokenizer.endID])
    #expect(tokenizer.encode("a").suffix(74).allSatisfy { $0 == 0 })
  }

  @Test func `without configuration files CLIP's own special tokens hold`() throws {
    let tokenizer = try CLIPTokenizer(
      vocabulary: Self.data("vocab.json"), merges: Self.data("merges.txt"))
    #expect(tokenizer.length == 77)
    #expect(tokenizer.paddingID == tokenizer.endID)
    #expect(tokenizer.tokens("x<|endoftext|>").last == tokenizer.endID)
    #expect(tokenizer.tokens("x<|ENDOFTEXT|>").last != tokenizer.endID)
  }

  /// `tokenizer.json` of the goldens' vocabulary, as transformers 5 saves it.
  private static func file(pairs: Bool, suffix: String = "</w>") throws -> Data {
    let merges = String(decoding: try data("merges.txt"), as: UTF8.self).split(separator: "\n").dropFirst()
    let vocabulary = try JSONSerialization.jsonObject(with: data("vocab.json"))
    let list: [Any] = merges.map { merge -> Any in
      if pairs { merge.split(separator: " ").map(String.init) } else { String(merge) }
    }
    return try JSONSerialization.data(withJSONObject: [
      "added_tokens": [
        ["content": "<|startoftext|>", "normalized": true],
        ["content": "<|endoftext|>", "normalized": false],
      ],
      "model": ["type": "BPE", "vocab": vocabulary, "merges": list, "end_of_word_suffix": suffix],
    ])
  }

  @Test(arguments: [true, false]) func `one file in place of two gives the same ids`(pairs: Bool) throws {
    let plain = try CLIPTokenizer(vocabulary: Self.data("vocab.json"), merges: Self.data("merges.txt"))
    let joined = try CLIPTokenizer(file: Self.file(pairs: pairs))
    for text in ["a small red circle, 12 héros 🙂", "", "x<|endoftext|>y", "x<|ENDOFTEXT|>y"] {
      #expect(joined.encode(text) == plain.encode(text))
    }
    // The flags of its tokens hold.
    #expect(joined.tokens("<|STARTOFTEXT|>") == [joined.startID])
    #expect(throws: TokenizerError.self) { try CLIPTokenizer(file: Self.file(pairs: pairs, suffix: "")) }
    #expect(throws: TokenizerError.self) { try CLIPTokenizer(file: Data("{".utf8)) }
  }

  @Test func `marks are put in Unicode's order before they are composed`() throws {
    let tokenizer = try Self.tokenizer()
    // unicodedata.normalize("NFC", "\u0344\u0f73") == "\u0f71\u0f72\u0308\u0301"
    #expect(tokenizer.tokens("\u{344}\u{F73}") == tokenizer.tokens("\u{F71}\u{F72}\u{308}\u{301}"))
    #expect(tokenizer.tokens("a\u{316}\u{301}") == tokenizer.tokens("á\u{316}"))
  }

  @Test func `any scalar and any length is encoded`() throws {
    let tokenizer = try Self.tokenizer()
    var text = ""
    for value in stride(from: UInt32(0), to: 0x11_0000, by: 97) {
      if let scalar = Unicode.Scalar(value) { text.unicodeScalars.append(scalar) }
    }
    #expect(tokenizer.encode(text).count == 77)
    #expect(tokenizer.encode(String(repeating: "a", count: 4000)).count == 77)
    #expect(tokenizer.encode("a b c", length: 4).count == 4)
    #expect(tokenizer.encode("", length: 0) == [tokenizer.startID, tokenizer.endID])
  }

  @Test(arguments: [
    ("[1]", "", "vocab.json: expected a JSON object of ids, found 3 other bytes"),
    ("{}", "", "vocab.json: expected ids from 0 to 1048575, found 0 ids"),
    (#"{"a": -1}"#, "", "vocab.json: expected ids from 0 to 1048575, found 1 ids"),
    (
      #"{"a": 1}"#, "#version\na b\n",
      "merges.txt: expected two symbols of the vocabulary that join to a third, found line 2: 'a b'"
    ),
    (#"{"a": 1}"#, "", "vocab.json: expected the special token '<|startoftext|>', found none"),
  ])
  func `files that do not fit are refused by name`(vocabulary: String, merges: String, message: String) {
    do throws(TokenizerError) {
      _ = try CLIPTokenizer(vocabulary: Data(vocabulary.utf8), merges: Data(merges.utf8))
      Issue.record("accepted")
    } catch {
      #expect(error.description == message)
    }
  }
}
