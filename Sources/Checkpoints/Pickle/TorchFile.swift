/// A `.ckpt`, `.pt` or `.pth` file, written by `torch.save` in either format: read, never executed.
///
/// The reader that checks is the reader that loads. Tensors are lent from the mapped file; only those that do
/// not lie in row-major order are copied when they are taken.
public struct TorchFile: TensorFile {
  /// The tensors by the place of their first element.
  public let entries: [TensorEntry]
  /// Texts and whole numbers beside the tensors.
  public let metadata: [String: String]
  /// The name used in errors.
  public var label: String { storages.bytes.label }
  /// Bytes of the file.
  public var byteCount: Int { storages.bytes.count }

  private let document: PickleDocument
  private let storages: TorchStorages
  private let places: [String: Int]

  init(_ bytes: FileBytes) throws(CheckpointError) {
    if ZipArchive.begins(bytes) {
      let archive = try TorchArchive(bytes)
      (document, storages) = (archive.document, archive.storages)
    } else {
      let legacy = try LegacyTorch(bytes)
      (document, storages) = (legacy.document, legacy.storages)
    }
    let state = try TorchStateDict(document, file: bytes.label)
    metadata = state.metadata
    places = Dictionary(uniqueKeysWithValues: state.tensors.map { ($0.name, $0.tensor) })
    var entries: [TensorEntry] = []
    for (name, number) in state.tensors {
      let tensor = document.tensors[number]
      let storage = document.storages[tensor.storage]
      let size = storage.type.bits / 8
      let start = storages.range(tensor.storage).lowerBound + tensor.offset * size
      entries.append(
        TensorEntry(
          name: name, type: storage.type, shape: tensor.shape,
          range: start..<start + tensor.reach * size))
    }
    self.entries = entries.sorted { $0.range.lowerBound < $1.range.lowerBound }
  }

  /// The tensor of that name, of any type; its storage is compared with its checksum first.
  public func stored(_ name: String) throws(CheckpointError) -> StoredTensor {
    guard let place = places[name] else { throw .missingTensor(name: name) }
    let tensor = document.tensors[place]
    try storages.verify(tensor.storage)
    let type = document.storages[tensor.storage].type
    let size = type.bits / 8
    let start = storages.range(tensor.storage).lowerBound + tensor.offset * size
    if tensor.isContiguous {
      return StoredTensor(
        name: name, type: type, shape: tensor.shape, file: storages.bytes,
        range: start..<start + tensor.count * size)
    }
    let bytes = gathered(tensor, size: size, from: start..<start + tensor.reach * size)
    return StoredTensor(
      name: name, type: type, shape: tensor.shape, file: FileBytes(copying: bytes, label: label),
      range: 0..<bytes.count)
  }

  /// Compares every member's checksum.
  public func verify() throws(CheckpointError) { try storages.verifyAll() }

  /// The elements in row-major order.
  private func gathered(_ tensor: PickleDocument.Tensor, size: Int, from range: Range<Int>) -> [UInt8] {
    unsafe storages.bytes.withUnsafeBytes(range) { source in
      var bytes: [UInt8] = []
      bytes.reserveCapacity(tensor.count * size)
      var index = [Int](repeating: 0, count: tensor.shape.count)
      for _ in 0..<tensor.count {
        let place = zip(index, tensor.strides).reduce(0) { $0 + $1.0 * $1.1 } * size
        unsafe bytes.append(contentsOf: source[place..<place + size])
        for dimension in index.indices.reversed() {
          index[dimension] += 1
          if index[dimension] < tensor.shape[dimension] { break }
          index[dimension] = 0
        }
      }
      return bytes
    }
  }
}

extension PickleDocument.Tensor {
  /// Elements; checked against the storage when the pickle was read.
  var count: Int { shape.contains(0) ? 0 : shape.reduce(1, *) }

  /// Elements of the storage from the first to the last of the tensor, inclusive; 0 for an empty one.
  var reach: Int {
    if shape.contains(0) { return 0 }
    return zip(shape, strides).reduce(1) { $0 + ($1.0 - 1) * $1.1 }
  }

  /// Whether the elements lie one behind the other in row-major order.
  var isContiguous: Bool {
    if shape.contains(0) { return true }
    var expected = 1
    for (size, stride) in zip(shape, strides).reversed() where size != 1 {
      guard stride == expected else { return false }
      expected *= size
    }
    return true
  }
}
