/// A tensor as it is in a file: little-endian bytes, borrowed for the time of a call.
public struct WeightSource {
  /// The bytes, of any alignment; they must outlive the call this is passed to.
  public let bytes: UnsafeRawBufferPointer
  /// How they are to be read.
  public let type: ElementType
  /// PyTorch's extents: [out, in] for linear, [out, in, height, width] for a convolution.
  public let shape: Shape

  /// Describes bytes of a file.
  public init(bytes: UnsafeRawBufferPointer, type: ElementType, shape: Shape) {
    self.bytes = bytes
    self.type = type
    self.shape = shape
  }

  func check() throws(TensorError) {
    guard let count = shape.checkedCount, count <= Int.max / 8 else {
      throw .shape(operation: "weights", expected: "positive extents", found: "\(shape)")
    }
    guard bytes.count == count * type.size else {
      throw .byteCount(expected: count * type.size, found: bytes.count)
    }
  }

  func check(bias: WeightSource?) throws(TensorError) {
    try check()
    try bias?.check()
    if let bias, bias.shape.count != shape[0] {
      throw .shape(operation: "bias", expected: "[\(shape[0])]", found: "\(bias.shape)")
    }
  }
}
