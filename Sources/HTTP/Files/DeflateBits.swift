/// The bits of a deflate block with fixed codes, packed from the lowest bit up.
///
/// RFC 1951 sections 3.1.1 and 3.2.5–3.2.6.
struct DeflateBits {
  private static let lengths = bases(
    extra: [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5], from: 3)
  private static let distances = bases(
    extra: [
      0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
    ], from: 1)

  private var bytes: [UInt8]
  private var pending: UInt64 = 0
  private var pendingCount = 0

  /// Begins after the bytes of a header.
  init(bytes: [UInt8]) { self.bytes = bytes }

  /// Appends the low `count` bits of `value`, at most 32.
  mutating func append(_ value: Int, _ count: Int) {
    pending |= UInt64(value) << UInt64(pendingCount)
    pendingCount += count
    while pendingCount >= 8 {
      bytes.append(UInt8(truncatingIfNeeded: pending))
      pending >>= 8
      pendingCount -= 8
    }
  }

  /// Appends a literal byte, 256 for the end of the block, or a length's symbol up to 287.
  mutating func appendLiteral(_ symbol: Int) {
    switch symbol {
    case ..<144: appendCode(0x30 + symbol, 8)
    case ..<256: appendCode(0x190 + symbol - 144, 9)
    case ..<280: appendCode(symbol - 256, 7)
    default: appendCode(0xC0 + symbol - 280, 8)
    }
  }

  /// Appends a run of 3…258 bytes that began 1…32768 bytes before.
  mutating func appendMatch(_ length: Int, _ distance: Int) {
    if length == 258 {
      // The longest has a symbol of its own.
      appendLiteral(285)
    } else {
      let index = Self.index(of: length, in: Self.lengths)
      appendLiteral(257 + index)
      append(length - Self.lengths[index].base, Self.lengths[index].extra)
    }
    let index = Self.index(of: distance, in: Self.distances)
    appendCode(index, 5)
    append(distance - Self.distances[index].base, Self.distances[index].extra)
  }

  /// All bytes, the last filled up with zeros.
  consuming func finished() -> [UInt8] {
    if pendingCount > 0 { bytes.append(UInt8(truncatingIfNeeded: pending)) }
    return bytes
  }

  /// Codes are packed from their highest bit, everything else from the lowest.
  private mutating func appendCode(_ code: Int, _ count: Int) {
    var reversed = 0
    for bit in 0..<count where code >> bit & 1 == 1 { reversed |= 1 << (count - 1 - bit) }
    append(reversed, count)
  }

  private static func index(of value: Int, in table: [(base: Int, extra: Int)]) -> Int {
    (table.firstIndex { $0.base > value } ?? table.count) - 1
  }

  private static func bases(extra: [Int], from first: Int) -> [(base: Int, extra: Int)] {
    var base = first
    return extra.map { bits in
      defer { base += 1 << bits }
      return (base, bits)
    }
  }
}
