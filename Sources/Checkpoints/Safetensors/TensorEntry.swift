/// What a safetensors header says about one tensor.
public struct TensorEntry: Equatable, Sendable {
  /// The tensor's name in the file.
  public let name: String
  /// The type of its elements.
  public let type: ElementType
  /// Its sizes, outermost first; empty for a scalar.
  public let shape: [Int]
  /// Its bytes, counted from the end of the header.
  public let range: Range<Int>
}
