import CKernels

/// An array of numbers in a device's memory: dense, row-major; pictures are [batch, height, width, channels].
///
/// A value: operations return new tensors and never change their operands, so tensors may cross threads. Views
/// (`reshaped`, `batch`) share memory.
public struct Tensor: Sendable {
  /// The extents, outermost first.
  public let shape: Shape
  /// How elements are stored.
  public let type: ElementType
  let storage: Storage
  let offset: Int  // bytes

  init(_ storage: Storage, offset: Int = 0, shape: Shape, type: ElementType) {
    self.storage = storage
    self.offset = offset
    self.shape = shape
    self.type = type
  }

  /// A tensor of unwritten memory, for an operation to fill.
  init(_ backend: Backend, _ shape: Shape, type: ElementType? = nil) throws(TensorError) {
    let type = type ?? backend.activationType
    guard let count = shape.checkedCount, count <= Int.max / 8 else {
      throw .shape(operation: "tensor", expected: "positive extents", found: "\(shape)")
    }
    self.init(try Storage(backend, bytes: count * type.size), shape: shape, type: type)
  }

  /// The device whose memory this is.
  public var backend: Backend { storage.backend }

  /// Whether `other` is this very tensor: the same memory in the same shape.
  public func isSame(as other: Tensor) -> Bool {
    storage === other.storage && offset == other.offset && shape == other.shape && type == other.type
  }

  /// How many elements there are.
  public var count: Int { shape.count }

  var address: UnsafeMutableRawPointer { storage.memory + offset }
  var operand: ck_operand { ck_operand(data: address, type: type.rawValue) }

  /// The same elements in another shape of the same count.
  ///
  /// Shares memory. Throws `shape`.
  public func reshaped(_ shape: Shape) throws(TensorError) -> Tensor {
    guard shape.checkedCount == count else {
      throw .shape(operation: "reshape", expected: "\(count) elements", found: "\(shape)")
    }
    return Tensor(storage, offset: offset, shape: shape, type: type)
  }

  /// The outermost entries `range`, for example some pictures of a batch.
  ///
  /// Shares memory. Throws `shape`.
  public func batch(_ range: Range<Int>) throws(TensorError) -> Tensor {
    guard range.lowerBound >= 0, range.upperBound <= shape[0], !range.isEmpty else {
      throw .shape(operation: "batch", expected: "a range within 0..<\(shape[0])", found: "\(range)")
    }
    let stride = count / shape[0] * type.size
    return Tensor(
      storage, offset: offset + range.lowerBound * stride, shape: shape.replacing(0, with: range.count),
      type: type)
  }
}

extension ck_operand {
  static var absent: ck_operand { ck_operand(data: nil, type: ElementType.float32.rawValue) }

  init(_ tensor: Tensor?) { self = tensor?.operand ?? .absent }
}
