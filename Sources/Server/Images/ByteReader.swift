/// Integers at offsets of a byte array, nil where it ends.
struct ByteReader {
  private let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The bytes in a range, as far as they are there.
  func bytes(_ range: Range<Int>) -> ArraySlice<UInt8> { bytes[range.clamped(to: bytes.indices)] }

  /// How many bytes there are.
  var count: Int { bytes.count }

  /// The byte at `offset`.
  func byte(_ offset: Int) -> Int? {
    bytes.indices.contains(offset) ? Int(bytes[offset]) : nil
  }

  /// Whether `pattern` stands at `offset`.
  func has(_ pattern: [UInt8], at offset: Int) -> Bool {
    guard offset >= 0, offset <= bytes.count, pattern.count <= bytes.count - offset else { return false }
    return bytes[offset..<offset + pattern.count].elementsEqual(pattern)
  }

  /// `size` bytes as a big-endian integer; `size` ≤ 4.
  func big(_ offset: Int, _ size: Int) -> Int? {
    var result = 0
    for index in 0..<size {
      guard let next = byte(offset + index) else { return nil }
      result = result << 8 | next
    }
    return result
  }

  /// `size` bytes as a little-endian integer; `size` ≤ 4.
  func little(_ offset: Int, _ size: Int) -> Int? {
    var result = 0
    for index in 0..<size {
      guard let next = byte(offset + index) else { return nil }
      result |= next << (8 * index)
    }
    return result
  }
}
