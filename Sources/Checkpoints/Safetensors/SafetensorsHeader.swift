/// The header of a safetensors file: a pure function of its bytes.
///
/// Format: 8 bytes little-endian length N, N bytes of JSON that begin with `{`, then the data. Offsets must
/// cover the data exactly, without gaps and overlaps (huggingface/safetensors, README, "Format").
struct SafetensorsHeader {
  /// The longest header the format allows, in bytes.
  static let limit = 100_000_000
  /// Most tensors, and most entries of metadata; the largest models have some thousands.
  private static let tensorLimit = 100_000, metadataLimit = 10_000

  /// Tensors in the order of their data.
  let entries: [TensorEntry]
  /// The free-form strings under `__metadata__`.
  let metadata: [String: String]

  /// The length of the JSON, from a file's first eight bytes.
  static func length(_ prefix: [UInt8], fileSize: Int, file: String) throws(CheckpointError) -> Int {
    guard prefix.count == 8 else { throw .fileTooShort(file: file, expected: 8, found: fileSize) }
    var length: UInt64 = 0
    for byte in prefix.reversed() { length = length << 8 | UInt64(byte) }
    guard length <= UInt64(limit) else { throw .headerTooLarge(file: file, limit: limit, found: length) }
    guard Int(length) <= fileSize - 8 else {
      throw .fileTooShort(file: file, expected: 8 + Int(length), found: fileSize)
    }
    return Int(length)
  }

  /// Parses the JSON and checks every entry against `dataCount`, the number of bytes after it.
  init(_ json: consuming [UInt8], dataCount: Int, file: String) throws(CheckpointError) {
    let isObject = json.first == UInt8(ascii: "{")
    var reader = HeaderReader(json, file: file)
    guard isObject else { throw reader.error("'{'") }
    var found: [TensorEntry] = []
    var names: Set<String> = []
    var metadata: [String: String]?
    try reader.object { (reader, name) throws(CheckpointError) in
      if name == "__metadata__" {
        guard metadata == nil else { throw .duplicateTensor(file: file, tensor: name) }
        metadata = try Self.metadata(&reader)
      } else {
        guard names.insert(name).inserted else { throw .duplicateTensor(file: file, tensor: name) }
        guard found.count < Self.tensorLimit else {
          throw reader.error("at most \(Self.tensorLimit) tensors")
        }
        found.append(try Self.entry(&reader, name: name, file: file))
      }
    }
    try reader.end()
    found.sort { ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound) }
    try Self.checkTiling(found, dataCount: dataCount, file: file)
    entries = found
    self.metadata = metadata ?? [:]
  }

  private static func metadata(_ reader: inout HeaderReader) throws(CheckpointError) -> [String: String] {
    var metadata: [String: String] = [:]
    try reader.object { (reader, key) throws(CheckpointError) in
      guard metadata.count < Self.metadataLimit else {
        throw reader.error("at most \(Self.metadataLimit) entries of metadata")
      }
      reader.skipSpace()
      metadata[key] = try reader.string()
    }
    return metadata
  }

  private static func entry(
    _ reader: inout HeaderReader, name: String, file: String
  ) throws(CheckpointError) -> TensorEntry {
    var typeName: String?
    var shape: [Int]?
    var offsets: [Int]?
    try reader.object { (reader, key) throws(CheckpointError) in
      reader.skipSpace()
      switch key {
      case "dtype" where typeName == nil: typeName = try reader.name()
      case "shape" where shape == nil: shape = try reader.numbers()
      case "data_offsets" where offsets == nil: offsets = try reader.numbers()
      default: throw reader.error("one dtype, one shape and one data_offsets")
      }
    }
    guard let typeName, let shape, let offsets, offsets.count == 2 else {
      throw reader.error("dtype, shape and two data_offsets for '\(name.printable())'")
    }
    guard let type = ElementType(rawValue: typeName) else {
      throw .unknownElementType(file: file, tensor: name, found: typeName)
    }
    guard offsets[0] <= offsets[1] else {
      throw .impossibleExtent(file: file, tensor: name, found: "offsets \(offsets)")
    }
    guard let size = byteCount(shape, type) else {
      throw .impossibleExtent(file: file, tensor: name, found: "shape \(shape)")
    }
    guard size == offsets[1] - offsets[0] else {
      throw .wrongByteCount(
        file: file, tensor: name, expected: size, found: offsets[1] - offsets[0])
    }
    return TensorEntry(name: name, type: type, shape: shape, range: offsets[0]..<offsets[1])
  }

  /// The bytes a tensor takes, or nil if they overflow or end within a byte.
  private static func byteCount(_ shape: [Int], _ type: ElementType) -> Int? {
    var bits = type.bits
    // A zero anywhere makes the tensor empty, whatever the other sizes are.
    if shape.contains(0) { return 0 }
    for size in shape {
      let (product, overflowed) = bits.multipliedReportingOverflow(by: size)
      guard !overflowed else { return nil }
      bits = product
    }
    return bits % 8 == 0 ? bits / 8 : nil
  }

  private static func checkTiling(
    _ entries: [TensorEntry], dataCount: Int, file: String
  ) throws(CheckpointError) {
    var end = 0
    for entry in entries {
      guard entry.range.lowerBound == end else {
        throw .brokenTiling(
          file: file, tensor: entry.name, expected: end, found: entry.range.lowerBound)
      }
      end = entry.range.upperBound
    }
    guard end == dataCount else { throw .wrongDataLength(file: file, expected: end, found: dataCount) }
  }
}
