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

  /// Ids of sequences of `length` each → [sequences, length, width]; throws for an id outside the vocabulary.
  public func callAsFunction(_ ids: [Int32], length: Int) throws(TensorError) -> Tensor {
    try backend.embedding(ids, length: length, tokens: tokens, positions: positions)
  }
}
