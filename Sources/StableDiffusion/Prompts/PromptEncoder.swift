import Checkpoints
import Generation
import Layers
import Tensors

/// Turns texts into hidden states: attention, chunks, text encoder, emphasis.
///
/// A text of k chunks gives [1, 77·k, width]. Keeps what it made last, since prompts that change come back to
/// the same texts; belongs to its pipeline's thread.
final class PromptEncoder {
  /// Texts kept.
  private static let capacity = 16

  private let tokenizer: CLIPTokenizer
  private let textEncoder: TextEncoder
  private let skip: Int
  private let emphasis: EmphasisMode
  private let embeddings: EmbeddingTable?
  private var made: [(text: String, states: Tensor)] = []

  /// - Parameters:
  ///   - skip: how many of the text encoder's last layers are left out.
  ///   - embeddings: What words may stand for.
  init(
    _ tokenizer: CLIPTokenizer, _ textEncoder: TextEncoder, skip: Int, emphasis: EmphasisMode,
    embeddings: EmbeddingTable? = nil
  ) {
    self.tokenizer = tokenizer
    self.textEncoder = textEncoder
    self.skip = skip
    self.emphasis = emphasis
    self.embeddings = embeddings
  }

  /// The hidden states of texts whose chunks are equally many, [texts, tokens, width]; as one batch where it
  /// can be.
  func states(_ texts: [String]) throws -> Tensor {
    try Tensor.concatenatedBatch(texts.map { try states($0) })
  }

  /// How many chunks a text has.
  func chunkCount(_ text: String) -> Int { chunks(text).count }

  private func chunks(_ text: String) -> [TokenChunk] {
    var pieces = emphasis == .none ? [WeightedText(text, 1)] : PromptAttention.parse(text)
    if emphasis == .ignore {
      pieces = pieces.map { $0 == .chunkBreak ? $0 : WeightedText($0.text, 1) }
    }
    let length = min(tokenizer.length, textEncoder.config.maximumLength)
    return TokenChunker.chunks(pieces, tokenizer, length: length, embeddings: embeddings)
  }

  /// The embeddings in a text, in order.
  func embeddings(in text: String) -> [EmbeddingTable.Entry] {
    embeddings == nil ? [] : chunks(text).flatMap { $0.embeddings.map(\.entry) }
  }

  private func states(_ text: String) throws -> Tensor {
    if let known = made.first(where: { $0.text == text }) { return known.states }
    let chunks = chunks(text)
    var states = try textEncoder.encode(
      tokenIDs: chunks.map(\.ids), skip: skip, inserting: try inserted(chunks))
    if !chunks.allSatisfy(\.isPlain) { states = try weighted(states, chunks) }
    states = try states.reshaped([1, states.shape[0] * states.shape[1], states.shape[2]])
    made.append((text, states))
    if made.count > Self.capacity { made.removeFirst() }
    return states
  }

  /// The vectors of the chunks' embeddings.
  private func inserted(_ chunks: [TokenChunk]) throws -> [TokenEmbedding.Inserted] {
    guard let embeddings else { return [] }
    return try chunks.enumerated().flatMap { sequence, chunk in
      try chunk.embeddings.map { inserted in
        do throws(CheckpointError) {
          return TokenEmbedding.Inserted(
            sequence: sequence, place: inserted.place, values: try embeddings.vectors(inserted.entry))
        } catch {
          throw UserError(
            code: "unusable_embedding",
            message: "embedding '\(ExtraNetwork.shown(inserted.entry.name))': \(error)", field: "prompt")
        }
      }
    }
  }

  /// Multiplies each token's states by its weight; `original` then restores each chunk's mean
  /// (AUTOMATIC1111's `sd_emphasis.py`).
  private func weighted(_ states: Tensor, _ chunks: [TokenChunk]) throws -> Tensor {
    let (length, width) = (states.shape[1], states.shape[2])
    var values = try states.floats()
    for (number, chunk) in chunks.enumerated() where !chunk.isPlain {
      let range = number * length * width..<(number + 1) * length * width
      let before = Self.mean(values[range])
      for (token, weight) in chunk.weights.enumerated() where weight != 1 {
        let start = range.lowerBound + token * width
        for index in start..<start + width { values[index] *= weight }
      }
      guard emphasis == .original else { continue }
      let factor = before / Self.mean(values[range])
      // A mean of nothing cannot be restored.
      if factor.isFinite { for index in range { values[index] *= factor } }
    }
    return try textEncoder.backend.tensor(values, shape: states.shape)
  }

  private static func mean(_ values: ArraySlice<Float>) -> Float {
    Float(values.reduce(0.0) { $0 + Double($1) } / Double(values.count))
  }
}
