/// Where a component's tensor is in a file that has another layout, and which part of it.
struct TensorSource: Equatable, Sendable {
  /// What is taken of the file's tensor.
  enum Part: Equatable, Sendable {
    /// All of it.
    case whole
    /// All of it, a 1×1 convolution [outputs, inputs, 1, 1] as the matrix it is.
    case matrix
    /// All of it, rows and columns exchanged.
    case transposed
    /// Third 0, 1 or 2 of its rows: query, key and value stand in one tensor.
    case third(Int)
  }

  /// The name in the file.
  let name: String
  /// The part.
  var part = Part.whole

  /// The tensor, or the part of it.
  func taken(from file: any TensorFile) throws(CheckpointError) -> StoredTensor {
    let tensor = try file.tensor(name)
    switch part {
    case .whole: return tensor
    case .matrix: return tensor.matrix()
    case .transposed: return try tensor.transposed()
    case .third(let third):
      guard let rows = tensor.shape.first, rows > 0, rows.isMultiple(of: 3) else {
        throw .wrongShape(name: name, expected: [3], found: tensor.shape)
      }
      return tensor.rows(third * rows / 3..<(third + 1) * rows / 3)
    }
  }
}
