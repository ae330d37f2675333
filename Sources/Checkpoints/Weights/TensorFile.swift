/// A file of named tensors, whatever its format.
public protocol TensorFile: Sendable {
  /// The name used in errors, relative to the model's folder.
  var label: String { get }
  /// Bytes of the file.
  var byteCount: Int { get }
  /// The tensors in the order of their data, whatever their types.
  var entries: [TensorEntry] { get }
  /// Free-form strings: safetensors' `__metadata__`, or the texts and whole numbers beside a pickle's tensors.
  var metadata: [String: String] { get }
  /// Any tensor, of any element type; throws `.missingTensor`.
  func stored(_ name: String) throws(CheckpointError) -> StoredTensor
  /// Reads everything once and throws if a checksum is wrong.
  func verify() throws(CheckpointError)
}

extension TensorFile {
  /// A weight; throws `.missingTensor`, or `.unusableElementType` if it is none.
  public func tensor(_ name: String) throws(CheckpointError) -> StoredTensor {
    let tensor = try stored(name)
    guard tensor.type.isWeight else {
      throw .unusableElementType(tensor: name, found: tensor.type.rawValue)
    }
    return tensor
  }
}

/// Opens files of tensors by what is in them, never by their names' endings.
public enum TensorFiles {
  /// Opens a safetensors file or one of `torch.save`, in either of its formats; errors name it `label`.
  public static func open(path: String, label: String) throws(CheckpointError) -> any TensorFile {
    try open(FileBytes.map(path: path, label: label))
  }

  /// The same for a file in memory.
  public static func open(bytes: [UInt8], label: String) throws(CheckpointError) -> any TensorFile {
    try open(FileBytes(copying: bytes, label: label))
  }

  private static func open(_ bytes: FileBytes) throws(CheckpointError) -> any TensorFile {
    if ZipArchive.begins(bytes) || LegacyTorch.begins(bytes) { return try TorchFile(bytes) }
    return try SafetensorsFile(bytes)
  }
}
