/// What a file says about one tensor.
public struct TensorEntry: Equatable, Sendable {
  /// The tensor's name in the file.
  public let name: String
  /// The type of its elements.
  public let type: ElementType
  /// Its sizes, outermost first; empty for a scalar.
  public let shape: [Int]
  /// Its bytes, counted from the end of a safetensors header; in a `torch.save` file from its beginning.
  public let range: Range<Int>
}
