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
    /// Values of a range of elements, in row-major order.
    case computed(Values)
  }

  /// Gives values of a range of elements.
  typealias Values = @Sendable (Range<Int>) throws(CheckpointError) -> [Float]

  /// Elements that are computed at a time: memory stays far below a tensor's size.
  private static let piece = 1 << 20

  /// A tensor of a file, under another name and in another type if wanted; only weights change their type.
  public init(_ file: any TensorFile, _ entry: TensorEntry, name: String? = nil, type: ElementType? = nil) {
    let source = entry.name
    let target = entry.type.isWeight ? type ?? entry.type : entry.type
    self.init(name: name ?? source, type: target, shape: entry.shape) { () throws(CheckpointError) in
      let stored = try file.stored(source)
      return stored.type == target ? .stored(stored) : .computed { stored.floatsOnce($0) }
    }
  }

  /// A tensor computed when it is written, at once; `type` must be a weight's.
  public init(
    name: String, type: ElementType, shape: [Int],
    values: @escaping @Sendable () throws(CheckpointError) -> [Float]
  ) {
    self.init(name: name, type: type, shape: shape) { () throws(CheckpointError) in
      let values = try values()
      return .computed { Array(values[$0]) }
    }
  }

  /// A tensor computed when it is written, piece by piece; `type` must be a weight's.
  /// - Parameter pieces: Called once, for what gives the values of ranges of elements in ascending order.
  init(
    name: String, type: ElementType, shape: [Int],
    pieces: @escaping @Sendable () throws(CheckpointError) -> Values
  ) {
    self.init(name: name, type: type, shape: shape) { () throws(CheckpointError) in
      .computed(try pieces())
    }
  }

  private init(
    name: String, type: ElementType, shape: [Int],
    content: @escaping @Sendable () throws(CheckpointError) -> Content
  ) {
    (self.name, self.type, self.shape, self.content) = (name, type, shape, content)
  }

  /// How many elements it has.
  private var count: Int { shape.contains(0) ? 0 : shape.reduce(1, *) }

  /// Bytes it takes.
  var byteCount: Int { count * type.bits / 8 }

  /// Hands the little-endian bytes to `body`, piece by piece.
  func write(_ body: (UnsafeRawBufferPointer) throws(CheckpointError) -> Void) throws(CheckpointError) {
    switch try content() {
    case .stored(let stored):
      try unsafe stored.withUnsafeBytes { bytes throws(CheckpointError) in unsafe try body(bytes) }
      stored.releasePages()
    case .computed(let values):
      for start in stride(from: 0, to: count, by: Self.piece) {
        let encoded = try Self.encoded(values(start..<min(start + Self.piece, count)), type)
        let bytes = FileBytes(copying: encoded, label: name)
        try unsafe bytes.withUnsafeBytes(0..<bytes.count) { bytes throws(CheckpointError) in
          unsafe try body(bytes)
        }
      }
    }
  }

  /// Values rounded to the nearest of the type, ties to even.
  private static func encoded(_ values: [Float], _ type: ElementType) -> [UInt8] {
    switch type {
    case .float16: bytes(values) { Float16($0).bitPattern }
    case .bfloat16: bytes(values, bfloat16)
    default: bytes(values, \.bitPattern)
    }
  }

  private static func bytes<Bits: FixedWidthInteger>(
    _ values: [Float], _ bits: (Float) -> Bits
  ) -> [UInt8] {
    let size = Bits.bitWidth / 8
    return unsafe [UInt8](unsafeUninitializedCapacity: values.count * size) { target, filled in
      let raw = UnsafeMutableRawBufferPointer(target)
      for (place, value) in values.enumerated() {
        unsafe raw.storeBytes(of: bits(value).littleEndian, toByteOffset: place * size, as: Bits.self)
      }
      filled = values.count * size
    }
  }

  private static func bfloat16(_ value: Float) -> UInt16 {
    let bits = value.bitPattern
    if value.isNaN { return UInt16(truncatingIfNeeded: bits >> 16) | 0x40 }
    return UInt16(truncatingIfNeeded: (bits &+ 0x7FFF &+ (bits >> 16 & 1)) >> 16)
  }
}

extension StoredTensor {
  /// Values that are read once: their memory is given back.
  func floatsOnce(_ elements: Range<Int>) -> [Float] {
    defer { releasePages(elements) }
    return floats(elements)
  }
}
