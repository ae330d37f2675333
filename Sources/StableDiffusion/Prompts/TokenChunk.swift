/// One sequence for the text encoder: start, as many tokens as fit, end, padding; and each token's weight.
public struct TokenChunk: Equatable, Sendable {
  /// Token ids, all chunks equally long.
  public var ids: [Int32]
  /// Weights, one an id; 1 for what the prompt does not say.
  public var weights: [Float]
  /// Embeddings that stand in the place of ids.
  var embeddings: [Inserted] = []

  /// An embedding and the index of the first id it replaces.
  struct Inserted: Equatable, Sendable {
    let place: Int
    let entry: EmbeddingTable.Entry
  }

  /// Makes a chunk of ids and their weights.
  public init(ids: [Int32], weights: [Float]) {
    self.ids = ids
    self.weights = weights
  }

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
  private let embeddings: EmbeddingTable?
  private var chunks: [TokenChunk] = []
  private var ids: [Int32] = []
  private var weights: [Float] = []
  private var inserted: [TokenChunk.Inserted] = []
  private var lastComma: Int?

  private init(_ tokenizer: CLIPTokenizer, length: Int, _ embeddings: EmbeddingTable?) {
    self.tokenizer = tokenizer
    self.embeddings = embeddings
    capacity = length - 2
    comma = tokenizer.tokens(",").first
  }

  /// The chunks of a prompt's pieces, at least one, each `length` ids long.
  static func chunks(
    _ pieces: [WeightedText], _ tokenizer: CLIPTokenizer, length: Int, embeddings: EmbeddingTable? = nil
  ) -> [TokenChunk] {
    var chunker = TokenChunker(tokenizer, length: max(length, 3), embeddings)
    for piece in pieces {
      if piece == .chunkBreak {
        chunker.endChunk()
      } else {
        chunker.add(tokenizer.tokens(piece.text), Float(piece.weight))
      }
    }
    if !chunker.ids.isEmpty || chunker.chunks.isEmpty { chunker.endChunk() }
    return chunker.chunks
  }

  private mutating func add(_ tokens: [Int32], _ weight: Float) {
    var place = 0
    while place < tokens.count {
      if let entry = embeddings?.match(tokens, at: place), entry.count <= capacity {
        makeRoom(for: tokens[place])
        add(entry, weight)
        place += entry.tokens.count
      } else {
        makeRoom(for: tokens[place])
        ids.append(tokens[place])
        weights.append(weight)
        place += 1
      }
    }
  }

  /// An embedding is never cut: where it does not fit it begins the next chunk.
  private mutating func add(_ entry: EmbeddingTable.Entry, _ weight: Float) {
    if ids.count + entry.count > capacity { endChunk() }
    inserted.append(TokenChunk.Inserted(place: ids.count + 1, entry: entry))
    ids += [Int32](repeating: 0, count: entry.count)
    weights += [Float](repeating: weight, count: entry.count)
  }

  private mutating func makeRoom(for id: Int32) {
    if id == comma {
      lastComma = ids.count
    } else if ids.count == capacity, let lastComma, ids.count - lastComma <= Self.commaBacktrack {
      let place = lastComma + 1
      let moved = (Array(ids[place...]), Array(weights[place...]))
      let movedToo = inserted.filter { $0.place > place }
      ids.removeSubrange(place...)
      weights.removeSubrange(place...)
      inserted.removeAll { $0.place > place }
      endChunk()
      (ids, weights) = moved
      inserted = movedToo.map { TokenChunk.Inserted(place: $0.place - place, entry: $0.entry) }
    }
    if ids.count == capacity { endChunk() }
  }

  /// After the first end comes padding, which is another token in SD 2.x.
  private mutating func endChunk() {
    let missing = capacity - ids.count
    let padding = [Int32](repeating: tokenizer.paddingID, count: missing)
    var chunk = TokenChunk(
      ids: [tokenizer.startID] + ids + [tokenizer.endID] + padding,
      weights: [1] + weights + [Float](repeating: 1, count: missing + 1))
    chunk.embeddings = inserted
    chunks.append(chunk)
    ids = []
    weights = []
    inserted = []
    lastComma = nil
  }
}
