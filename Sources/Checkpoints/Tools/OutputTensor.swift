/// A tensor about to be written.
public struct OutputTensor: Sendable {
  /// Its name.
  public let name: String
  /// The type it will have.
  public let type: ElementType
  /// Its sizes.
  public let shape: [Int]
  private let content: @Sendable () throws(CheckpointError) -> Content

  private enum Content {
    case stored(StoredTensor)
    case floats([Float])
  }

  /// A tensor of a file, under another name and in another type if wanted; only weights change their type.
  public init(_ file: any TensorFile, _ entry: TensorEntry, name: String? = nil, type: ElementType? = nil) {
    let source = entry.name
    let target = entry.type.isWeight ? type ?? entry.type : entry.type
    self.init(name: name ?? source, type: target, shape: entry.shape) { () throws(CheckpointError) in
      let stored = try file.stored(source)
      return stored.type == target ? .stored(stored) : .floats(stored.floats())
    }
  }

  /// A tensor computed when it is written; `type` must be a weight's.
  public init(
    name: String, type: ElementType, shape: [Int],
    values: @escaping @Sendable () throws(CheckpointError) -> [Float]
  ) {
    self.init(name: name, type: type, shape: shape) { () throws(CheckpointError) in .floats(try values()) }
  }

  private init(
    name: String, type: ElementType, shape: [Int],
    content: @escaping @Sendable () throws(CheckpointError) -> Content
  ) {
    (self.name, self.type, self.shape, self.content) = (name, type, shape, content)
  }

  /// Bytes it takes.
  var byteCount: Int { shape.contains(0) ? 0 : shape.reduce(1, *) * type.bits / 8 }

  /// Hands the little-endian bytes to `body`, once.
  func write(_ body: (UnsafeRawBufferPointer) throws(CheckpointError) -> Void) throws(CheckpointError) {
    switch try content() {
    case .stored(let stored):
      try unsafe stored.withUnsafeBytes { bytes throws(CheckpointError) in unsafe try body(bytes) }
      stored.releasePages()
    case .floats(let values):
      let bytes = FileBytes(copying: Self.encoded(values, type), label: name)
      try unsafe bytes.withUnsafeBytes(0..<bytes.count) { bytes throws(CheckpointError) in
        unsafe try body(bytes)
      }
    }
  }

  /// Values rounded to the nearest of the type, ties to even.
  private static func encoded(_ values: [Float], _ type: ElementType) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(values.count * type.bits / 8)
    for value in values {
      switch type {
      case .float16: append(Float16(value).bitPattern, to: &bytes)
      case .bfloat16: append(bfloat16(value), to: &bytes)
      default: append(value.bitPattern, to: &bytes)
      }
    }
    return bytes
  }

  private static func bfloat16(_ value: Float) -> UInt16 {
    let bits = value.bitPattern
    if value.isNaN { return UInt16(truncatingIfNeeded: bits >> 16) | 0x40 }
    return UInt16(truncatingIfNeeded: (bits &+ 0x7FFF &+ (bits >> 16 & 1)) >> 16)
  }

  private static func append<Bits: FixedWidthInteger>(_ bits: Bits, to bytes: inout [UInt8]) {
    for place in stride(from: 0, to: Bits.bitWidth, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: bits >> Bits(place)))
    }
  }
}
