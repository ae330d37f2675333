/// One sequence for the text encoder: start, as many tokens as fit, end, padding; and each token's weight.
public struct TokenChunk: Equatable, Sendable {
  /// Token ids, all chunks equally long.
  public var ids: [Int32]
  /// Weights, one an id; 1 for what the prompt does not say.
  public var weights: [Float]

  /// Whether every token counts as usual.
  var isPlain: Bool { weights.allSatisfy { $0 == 1 } }
}

/// Packs a prompt's tokens into chunks of 75, as AUTOMATIC1111's `tokenize_line`.
struct TokenChunker {
  /// A comma among so many last tokens takes what follows it into the next chunk
  /// (`comma_padding_backtrack`).
  static let commaBacktrack = 20

  private let tokenizer: CLIPTokenizer
  private let capacity: Int
  private let comma: Int32?
  private var chunks: [TokenChunk] = []
  private var ids: [Int32] = []
  private var weights: [Float] = []
  private var lastComma: Int?

  private init(_ tokenizer: CLIPTokenizer, length: Int) {
    self.tokenizer = tokenizer
    capacity = length - 2
    comma = tokenizer.tokens(",").first
  }

  /// The chunks of a prompt's pieces, at least one, each `length` ids long.
  static func chunks(_ pieces: [WeightedText], _ tokenizer: CLIPTokenizer, length: Int) -> [TokenChunk] {
    var chunker = TokenChunker(tokenizer, length: max(length, 3))
    for piece in pieces {
      if piece == .chunkBreak {
        chunker.endChunk()
      } else {
        for id in tokenizer.tokens(piece.text) { chunker.add(id, Float(piece.weight)) }
      }
    }
    if !chunker.ids.isEmpty || chunker.chunks.isEmpty { chunker.endChunk() }
    return chunker.chunks
  }

  private mutating func add(_ id: Int32, _ weight: Float) {
    if id == comma {
      lastComma = ids.count
    } else if ids.count == capacity, let lastComma, ids.count - lastComma <= Self.commaBacktrack {
      let place = lastComma + 1
      let moved = (Array(ids[place...]), Array(weights[place...]))
      ids.removeSubrange(place...)
      weights.removeSubrange(place...)
      endChunk()
      (ids, weights) = moved
    }
    if ids.count == capacity { endChunk() }
    ids.append(id)
    weights.append(weight)
  }

  /// After the first end comes padding, which is another token in SD 2.x.
  private mutating func endChunk() {
    let missing = capacity - ids.count
    let padding = [Int32](repeating: tokenizer.paddingID, count: missing)
    chunks.append(
      TokenChunk(
        ids: [tokenizer.startID] + ids + [tokenizer.endID] + padding,
        weights: [1] + weights + [Float](repeating: 1, count: missing + 1)))
    ids = []
    weights = []
    lastComma = nil
  }
}
