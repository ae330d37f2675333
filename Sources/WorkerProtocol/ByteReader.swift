/// Reads big-endian numbers and bytes; nil, never a trap, when too few are left.
struct ByteReader {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: [UInt8], from start: Int = 0) { rest = bytes[start...] }

  var isAtEnd: Bool { rest.isEmpty }

  mutating func read<T: FixedWidthInteger & UnsignedInteger>(_: T.Type) -> T? {
    let size = T.bitWidth / 8
    guard rest.count >= size else { return nil }
    var value: T = 0
    for byte in rest.prefix(size) { value = (value << 8) | T(truncatingIfNeeded: byte) }
    rest.removeFirst(size)
    return value
  }

  mutating func read(count: Int) -> [UInt8]? {
    guard count >= 0, rest.count >= count else { return nil }
    let bytes = Array(rest.prefix(count))
    rest.removeFirst(count)
    return bytes
  }

  mutating func readRest() -> [UInt8] {
    defer { rest = [] }
    return Array(rest)
  }
}
