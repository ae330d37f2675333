/// A weight as it lies in its file: type, shape and bytes, not yet copied anywhere.
///
/// Keeps its file mapped as long as it lives.
public struct StoredTensor: Sendable {
  /// The tensor's name in the file.
  public let name: String
  /// The type of its elements.
  public let type: ElementType
  /// Its sizes, outermost first.
  public let shape: [Int]
  let file: FileBytes
  let range: Range<Int>

  /// How many elements there are.
  public var count: Int { range.count * 8 / type.bits }

  /// Lends the little-endian bytes in row-major order; they may lie at any address, aligned or not.
  public func withUnsafeBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try unsafe file.withUnsafeBytes(range, body)
  }

  /// A copy as float32 in row-major order; exact, since every value of the smaller types is one.
  ///
  /// For weights: float32, float16 and bfloat16.
  public func floats() -> [Float] { floats(0..<count) }

  /// A copy of some elements, counted in row-major order.
  public func floats(_ elements: Range<Int>) -> [Float] {
    precondition(elements.lowerBound >= 0 && elements.upperBound <= count, "elements outside")
    return unsafe withUnsafeBytes { bytes in
      unsafe [Float](unsafeUninitializedCapacity: elements.count) { target, filled in
        for (place, index) in elements.enumerated() {
          unsafe target.initializeElement(at: place, to: Self.float(bytes, type, index))
        }
        filled = elements.count
      }
    }
  }

  /// Gives the memory of some elements' bytes back to the system.
  func releasePages(_ elements: Range<Int>) {
    let size = type.bits / 8
    file.releasePages(
      range.lowerBound + elements.lowerBound * size..<range.lowerBound + elements.upperBound * size)
  }

  /// Entries `rows` of the outermost extent, for example the first half of a convolution's outputs.
  public func rows(_ rows: Range<Int>) -> StoredTensor {
    precondition(!shape.isEmpty && rows.lowerBound >= 0 && rows.upperBound <= shape[0], "rows outside")
    let size = range.count / max(shape[0], 1)
    let start = range.lowerBound + rows.lowerBound * size
    return StoredTensor(
      name: name, type: type, shape: [rows.count] + shape.dropFirst(), file: file,
      range: start..<start + rows.count * size)
  }

  /// The same elements without the last two sizes of a 1×1 convolution; itself if it is none.
  func matrix() -> StoredTensor {
    guard shape.count == 4, shape[2] == 1, shape[3] == 1 else { return self }
    return StoredTensor(name: name, type: type, shape: Array(shape.prefix(2)), file: file, range: range)
  }

  /// A copy of a matrix with rows and columns exchanged; throws `.wrongShape` for anything but a matrix.
  func transposed() throws(CheckpointError) -> StoredTensor {
    guard shape.count == 2 else { throw .wrongShape(name: name, expected: [1, 1], found: shape) }
    let (rows, columns, size) = (shape[0], shape[1], type.bits / 8)
    let turned = unsafe withUnsafeBytes { bytes in
      var turned: [UInt8] = []
      turned.reserveCapacity(bytes.count)
      for column in 0..<columns {
        for row in 0..<rows {
          let start = (row * columns + column) * size
          unsafe turned.append(contentsOf: bytes[start..<start + size])
        }
      }
      return turned
    }
    return StoredTensor(
      name: name, type: type, shape: [columns, rows], file: FileBytes(copying: turned, label: file.label),
      range: 0..<turned.count)
  }

  /// Gives the memory of the bytes back to the system; reading them again reads the file again.
  public func releasePages() {
    file.releasePages(range)
  }

  private static func float(_ bytes: UnsafeRawBufferPointer, _ type: ElementType, _ index: Int) -> Float {
    switch type {
    case .float16:
      let bits = unsafe bytes.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self)
      return Float(Float16(bitPattern: UInt16(littleEndian: bits)))
    case .bfloat16:
      let bits = unsafe bytes.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self)
      return Float(bitPattern: UInt32(UInt16(littleEndian: bits)) << 16)
    default:
      let bits = unsafe bytes.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)
      return Float(bitPattern: UInt32(littleEndian: bits))
    }
  }
}
