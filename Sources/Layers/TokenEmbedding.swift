public import Tensors

/// Token and position embeddings, added.
public struct TokenEmbedding: Sendable {
  private let tokens: Tensor
  private let positions: Tensor
  private let backend: Backend

  /// Takes `token_embedding.weight` [vocabulary, width] and `position_embedding.weight` [length, width].
  public init(_ loader: LayerLoader, vocabulary: Int, length: Int, width: Int) throws {
    tokens = try loader["token_embedding"].table("weight", shape: [vocabulary, width])
    positions = try loader["position_embedding"].table("weight", shape: [length, width])
    backend = loader.backend
  }

  /// Rows that stand in the place of tokens' own: vectors of a textual inversion.
  public struct Inserted: Sendable {
    let sequence, place: Int
    let values: [Float]

    /// - Parameters:
    ///   - sequence: The sequence, by its number.
    ///   - place: The first token that is replaced.
    ///   - values: One row after the other.
    public init(sequence: Int, place: Int, values: [Float]) {
      self.sequence = sequence
      self.place = place
      self.values = values
    }
  }

  /// The same with rows of others in the place of some tokens'; positions are added to these too.
  ///
  /// Throws `TensorError.shape` for rows that do not fit.
  public func callAsFunction(
    _ ids: [Int32], length: Int, inserting rows: [Inserted]
  ) throws(TensorError) -> Tensor {
    let embedded = try self(ids, length: length)
    if rows.isEmpty { return embedded }
    let width = embedded.shape[2]
    var values = try embedded.floats()
    let positions = try self.positions.floats()
    for row in rows {
      let first = (row.sequence * length + row.place) * width
      guard row.sequence >= 0, row.place >= 0, row.values.count.isMultiple(of: width),
        row.place * width + row.values.count <= length * width, first + row.values.count <= values.count
      else {
        throw .shape(
          operation: "embedding", expected: "rows of \(width) within \(length) tokens",
          found: "\(row.values.count) values at \(row.place)")
      }
      for index in row.values.indices {
        values[first + index] = row.values[index] + positions[row.place * width + index]
      }
    }
    return try backend.tensor(values, shape: embedded.shape)
  }

  /// Ids of sequences of `length` each → [sequences, length, width]; throws for an id outside the vocabulary.
  public func callAsFunction(_ ids: [Int32], length: Int) throws(TensorError) -> Tensor {
    try backend.embedding(ids, length: length, tokens: tokens, positions: positions)
  }
}
