import Checkpoints
import Tensors

/// Tensors of one shape from several places, one after the other as one: their bytes as they are in the file where
/// all are stored alike and nothing is added, else as float32.
struct JoinedTensors {
  private let bytes: [UInt8]
  private let type: Tensors.ElementType

  /// Reads the tensors and gives the file's pages back.
  /// - Parameter changed: The values to take instead of a tensor's own, by its number.
  init(_ stored: [StoredTensor], changed: (Int) throws -> [Float]? = { _ in nil }) throws {
    defer { for tensor in stored { tensor.releasePages() } }
    let changes = try stored.indices.map(changed)
    let isAlike =
      changes.allSatisfy { $0 == nil }
      && stored.allSatisfy { $0.type == stored[0].type && $0.type.isReadAsStored }
    type = isAlike ? stored[0].type.tensorType : .float32
    var bytes: [UInt8] = []
    bytes.reserveCapacity(stored.reduce(0) { $0 + $1.count } * type.size)
    for (tensor, change) in zip(stored, changes) {
      if isAlike {
        tensor.withUnsafeBytes { (stored) in bytes.append(contentsOf: stored) }
      } else {
        (change ?? tensor.floats()).withUnsafeBytes { bytes.append(contentsOf: $0) }
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
