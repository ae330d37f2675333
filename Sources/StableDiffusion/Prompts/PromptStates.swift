import Tensors

/// What the text encoders make of texts.
struct PromptStates {
  /// Hidden states, [texts, tokens, width].
  var hidden: Tensor
  /// One vector a text, [texts, width]; SDXL only.
  var pooled: Tensor?

  /// The same with every number zero.
  func zeroed() throws(TensorError) -> PromptStates {
    PromptStates(
      hidden: try hidden.scaled(by: 0),
      pooled: try pooled.map { pooled throws(TensorError) in try pooled.scaled(by: 0) })
  }

  /// States of the same tokens, [1, tokens, a] and [1, tokens, b], as [1, tokens, a + b].
  static func sideBySide(_ first: Tensor, _ second: Tensor) throws -> Tensor {
    let (tokens, widths) = (first.shape[1], [first.shape[2], second.shape[2]])
    let values = [try first.floats(), try second.floats()]
    var rows: [Float] = []
    rows.reserveCapacity(tokens * (widths[0] + widths[1]))
    for token in 0..<tokens {
      for (width, values) in zip(widths, values) { rows += values[token * width..<(token + 1) * width] }
    }
    return try first.backend.tensor(rows, shape: [1, tokens, widths[0] + widths[1]])
  }
}
