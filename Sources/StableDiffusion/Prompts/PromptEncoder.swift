import Checkpoints
import Generation
import Layers
import Tensors

/// Turns texts into hidden states: attention, chunks, text encoder, emphasis.
///
/// A text of k chunks gives [1, 77·k, width]. With a second text encoder, as SDXL has it, both widths side by side, and the
/// first chunk's pooled vector. Keeps what it made last, since prompts that change come back to
/// the same texts; belongs to its pipeline's thread.
final class PromptEncoder {
  /// Texts kept.
  private static let capacity = 16

  private let tokenizer: CLIPTokenizer
  private let textEncoder: TextEncoder
  private let second: SecondTextEncoder?
  private let skip: Int
  private let emphasis: EmphasisMode
  private let embeddings: EmbeddingTable?
  private var made: [(text: String, states: PromptStates)] = []

  /// - Parameters:
  ///   - skip: how many of the text encoder's last layers are left out.
  ///   - embeddings: What words may stand for.
  init(
    _ tokenizer: CLIPTokenizer, _ textEncoder: TextEncoder, second: SecondTextEncoder? = nil, skip: Int,
    emphasis: EmphasisMode, embeddings: EmbeddingTable? = nil
  ) {
    self.second = second
    self.tokenizer = tokenizer
    self.textEncoder = textEncoder
    self.skip = skip
    self.emphasis = emphasis
    self.embeddings = embeddings
  }

  /// The hidden states of texts whose chunks are equally many, [texts, tokens, width], and their pooled vectors.
  ///
  /// `zeroed`: the places of texts that are zeros instead.
  func states(_ texts: [String], zeroed: Set<Int> = []) throws -> PromptStates {
    let parts = try texts.enumerated().map { index, text in
      zeroed.contains(index) ? try states(text).zeroed() : try states(text)
    }
    let pooled = parts.compactMap(\.pooled)
    return PromptStates(
      hidden: try Tensor.concatenatedBatch(parts.map(\.hidden)),
      pooled: pooled.isEmpty ? nil : try Tensor.concatenatedBatch(pooled))
  }

  /// How many chunks a text has.
  func chunkCount(_ text: String) -> Int { chunks(text).count }

  private func chunks(_ text: String) -> [TokenChunk] { chunks(text, tokenizer) }

  private func chunks(_ text: String, _ tokenizer: CLIPTokenizer) -> [TokenChunk] {
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

  private func states(_ text: String) throws -> PromptStates {
    if let known = made.first(where: { $0.text == text }) { return known.states }
    let chunks = chunks(text)
    let states: PromptStates
    if let second {
      states = try pair(text, chunks, second)
    } else {
      let hidden = try textEncoder.encode(
        tokenIDs: chunks.map(\.ids), skip: skip, inserting: try inserted(chunks))
      states = PromptStates(hidden: try joined(hidden, chunks), pooled: nil)
    }
    made.append((text, states))
    if made.count > Self.capacity { made.removeFirst() }
    return states
  }

  /// The vectors of the chunks' embeddings, those for the second text encoder if `isSecond`.
  private func inserted(_ chunks: [TokenChunk], isSecond: Bool = false) throws -> [TokenEmbedding.Inserted] {
    guard let embeddings else { return [] }
    return try chunks.enumerated().flatMap { sequence, chunk in
      try chunk.embeddings.map { inserted in
        do throws(CheckpointError) {
          let entry = inserted.entry
          let values = isSecond ? try embeddings.secondVectors(entry) : try embeddings.vectors(entry)
          return TokenEmbedding.Inserted(sequence: sequence, place: inserted.place, values: values)
        } catch {
          throw UserError(
            code: "unusable_embedding",
            message: "embedding '\(ExtraNetwork.shown(inserted.entry.name))': \(error)", field: "prompt")
        }
      }
    }
  }

  /// Both encoders' states side by side, each weighted by itself, and the second's pooled vector, as AUTOMATIC1111's
  /// `sd_models_xl.py` does.
  private func pair(
    _ text: String, _ chunks: [TokenChunk], _ second: SecondTextEncoder
  ) throws -> PromptStates {
    var others = self.chunks(text, second.tokenizer)
    // Of one vocabulary they are equally many; another one is filled up or cut.
    while others.count < chunks.count { others += self.chunks("", second.tokenizer) }
    others.removeLast(others.count - chunks.count)
    let (first, _) = try textEncoder.encodeUnnormed(
      tokenIDs: chunks.map(\.ids), skip: skip, poolingAt: 0, inserting: inserted(chunks))
    let end = others[0].ids.firstIndex(of: second.tokenizer.endID) ?? others[0].ids.count - 1
    let (wide, pooled) = try second.encoder.encodeUnnormed(
      tokenIDs: others.map(\.ids), skip: skip, poolingAt: end, inserting: inserted(others, isSecond: true))
    return PromptStates(
      hidden: try PromptStates.sideBySide(joined(first, chunks), joined(wide, others)), pooled: pooled)
  }

  /// Weighs chunks' states [chunks, tokens, width] and puts them one behind the other.
  private func joined(_ states: Tensor, _ chunks: [TokenChunk]) throws -> Tensor {
    let states = chunks.allSatisfy(\.isPlain) ? states : try weighted(states, chunks)
    return try states.reshaped([1, states.shape[0] * states.shape[1], states.shape[2]])
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
