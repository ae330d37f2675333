/// A safetensors file, checked whole when it is opened and mapped read-only.
public struct SafetensorsFile: TensorFile {
  /// The tensors in the order of their data, whatever their types.
  public let entries: [TensorEntry]
  /// The free-form strings under `__metadata__`.
  public let metadata: [String: String]
  /// The name used in errors, relative to the model's folder.
  public var label: String { bytes.label }
  /// Bytes of the file.
  public var byteCount: Int { bytes.count }

  private let bytes: FileBytes
  private let dataStart: Int
  private let places: [String: Int]

  /// Maps the file at `path`; errors name it `label`.
  ///
  /// Throws `CheckpointError` for anything that is not exactly a safetensors file.
  public init(path: String, label: String) throws(CheckpointError) {
    try self.init(try FileBytes.map(path: path, label: label))
  }

  /// Reads a file that is in memory; errors name it `label`.
  public init(bytes: [UInt8], label: String) throws(CheckpointError) {
    try self.init(FileBytes(copying: bytes, label: label))
  }

  init(_ bytes: FileBytes) throws(CheckpointError) {
    let file = bytes.label
    let length = try SafetensorsHeader.length(
      bytes.copy(0..<min(8, bytes.count)), fileSize: bytes.count, file: file)
    let json = bytes.copy(8..<8 + length)
    // The copy counts already.
    bytes.releasePages(0..<8 + length)
    let header = try SafetensorsHeader(json, dataCount: bytes.count - 8 - length, file: file)
    entries = header.entries
    metadata = header.metadata
    self.bytes = bytes
    dataStart = 8 + length
    places = Dictionary(uniqueKeysWithValues: header.entries.enumerated().map { ($1.name, $0) })
  }

  /// The tensor of that name, of any type; throws `.missingTensor`.
  public func stored(_ name: String) throws(CheckpointError) -> StoredTensor {
    guard let place = places[name] else { throw .missingTensor(name: name) }
    let entry = entries[place]
    let range = dataStart + entry.range.lowerBound..<dataStart + entry.range.upperBound
    return StoredTensor(name: name, type: entry.type, shape: entry.shape, file: bytes, range: range)
  }

  /// Nothing is left to check: the format has no checksums and the header was checked when it was opened.
  public func verify() {}
}
