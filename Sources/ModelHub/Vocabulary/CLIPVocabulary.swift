import FoundationEssentials

/// CLIP's standard vocabulary in the files transformers reads, made from OpenAI's list of merges
/// (`bpe_simple_vocab_16e6.txt`, Radford 2021).
public struct CLIPVocabulary: Equatable, Sendable {
  /// The tokens: 256 bytes, the same at a word's end, one a merge, start and end.
  public static let size = 49_408

  /// Tokens by their ids.
  let tokens: [String]
  /// Pairs, best first.
  let merges: [String]

  /// Makes the vocabulary of a list of merges; the first line is its heading.
  init(merges text: String) throws(HubError) {
    let count = Self.size - 2 * 256 - 2
    // Bytes, not characters: marks and signs would join with the spaces beside them.
    let pairs = text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).dropFirst().prefix(count)
      .map {
        $0.split(separator: 0x20, omittingEmptySubsequences: false).map {
          String(decoding: $0, as: UTF8.self)
        }
      }
    guard pairs.count == count, pairs.allSatisfy({ $0.count == 2 && !$0.contains("") }) else {
      throw .malformed(what: "the vocabulary", expected: "\(count) pairs of symbols")
    }
    merges = pairs.map { $0.joined(separator: " ") }
    let bytes = Self.byteSymbols
    tokens =
      bytes + bytes.map { $0 + "</w>" } + pairs.map { $0.joined() }
      + ["<|startoftext|>", "<|endoftext|>"]
    guard Set(tokens).count == Self.size else {
      throw .malformed(what: "the vocabulary", expected: "\(Self.size) different tokens")
    }
  }

  /// Printable characters for all bytes, the printable ones first (GPT-2's `bytes_to_unicode`).
  private static let byteSymbols: [String] = {
    let printable = Array(33...126) + Array(161...172) + Array(174...255)
    let others = (0..<256 - printable.count).map { 256 + $0 }
    return (printable + others).compactMap { Unicode.Scalar($0).map { String(Character($0)) } }
  }()

  /// The files of a `tokenizer` folder as diffusers' folders of SD 1.x have them.
  func files() throws(HubError) -> [(name: String, content: Data)] {
    let ids = Dictionary(uniqueKeysWithValues: tokens.enumerated().map { ($1, $0) })
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let vocabulary = try? encoder.encode(ids) else {
      throw .malformed(what: "the vocabulary", expected: "tokens that JSON can hold")
    }
    let special =
      #""bos_token": "<|startoftext|>", "eos_token": "<|endoftext|>", "pad_token": "<|endoftext|>", "#
      + #""unk_token": "<|endoftext|>""#
    return [
      ("vocab.json", vocabulary),
      ("merges.txt", Data((["#version: 0.2"] + merges).joined(separator: "\n").utf8 + [0x0A])),
      ("special_tokens_map.json", Data("{\(special)}\n".utf8)),
      (
        "tokenizer_config.json",
        Data(
          "{\"tokenizer_class\": \"CLIPTokenizer\", \"do_lower_case\": true, \"model_max_length\": 77, \(special)}\n"
            .utf8)
      ),
    ]
  }
}
