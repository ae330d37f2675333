import Checkpoints
import Tensors

/// Tensors of one name and shape from several places, one after the other as one: their bytes as they are in the
/// file where all are stored alike, else as float32.
struct JoinedTensors {
  private let bytes: [UInt8]
  private let type: Tensors.ElementType

  /// Reads the tensors and gives the file's pages back.
  init(_ loaders: [LayerLoader], _ name: String, shape: [Int]) throws {
    let stored = try loaders.map { try $0.weights.tensor(name, shape: shape) }
    defer { for tensor in stored { tensor.releasePages() } }
    let isAlike = stored.allSatisfy { $0.type == stored[0].type && $0.type.isReadAsStored }
    type = isAlike ? stored[0].type.tensorType : .float32
    var bytes: [UInt8] = []
    bytes.reserveCapacity(stored.count * shape.reduce(1, *) * type.size)
    for tensor in stored {
      if isAlike {
        tensor.withUnsafeBytes { (stored) in bytes.append(contentsOf: stored) }
      } else {
        tensor.floats().withUnsafeBytes { bytes.append(contentsOf: $0) }
      }
    }
    self.bytes = bytes
  }

  /// Lends the bytes in the form the tensor layer takes; `shape` is that of the whole.
  func withSource<Result>(
    shape: Shape, _ body: (WeightSource) throws(TensorError) -> Result
  ) throws(TensorError) -> Result {
    try bytes.withUnsafeBufferPointer { bytes throws(TensorError) in
      try body(WeightSource(bytes: UnsafeRawBufferPointer(bytes), type: type, shape: shape))
    }
  }
}

extension Checkpoints.ElementType {
  /// Whether the tensor layer takes the bytes of this type as they are.
  fileprivate var isReadAsStored: Bool { self == .float32 || self == .float16 || self == .bfloat16 }
}
