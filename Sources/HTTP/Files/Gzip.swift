/// Compresses bytes as one gzip member (RFC 1952) with one block of fixed codes (RFC 1951 section 3.2.6).
///
/// Made for the texts of a page, once at start: most are small, where a table of codes of their own would
/// cost more than it saves.
enum Gzip {
  private static let shortestMatch = 3
  private static let longestMatch = 258
  private static let window = 32_768
  /// How many earlier places with the same hash are tried.
  private static let tries = 96

  /// The compressed bytes, with neither name nor time in the header: equal input gives equal output.
  static func compress(_ bytes: [UInt8]) -> [UInt8] {
    var bits = DeflateBits(bytes: [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255])
    bits.append(0b1, 1)  // the last block
    bits.append(0b01, 2)  // fixed codes
    write(bytes, to: &bits)
    bits.appendLiteral(256)  // end of block
    var result = bits.finished()
    appendLittleEndian(CRC32.checksum(bytes), to: &result)
    appendLittleEndian(UInt32(truncatingIfNeeded: bytes.count), to: &result)
    return result
  }

  /// LZ77: a run seen before, within the window, becomes its length and distance.
  private static func write(_ bytes: [UInt8], to bits: inout DeflateBits) {
    var newest = [Int](repeating: -1, count: 1 << 13)
    var earlier = [Int](repeating: -1, count: bytes.count)
    var at = 0
    while at < bytes.count {
      var length = 0
      var distance = 0
      if at + shortestMatch <= bytes.count {
        (length, distance) = longest(bytes, at, first: newest[hash(bytes, at)], earlier)
      }
      let step = length >= shortestMatch ? length : 1
      if step == 1 { bits.appendLiteral(Int(bytes[at])) } else { bits.appendMatch(length, distance) }
      // The last two bytes begin no run.
      for place in at..<max(at, min(at + step, bytes.count - shortestMatch + 1)) {
        let slot = hash(bytes, place)
        earlier[place] = newest[slot]
        newest[slot] = place
      }
      at += step
    }
  }

  /// The longest run at `at` that began before; of equal ones the nearest.
  private static func longest(
    _ bytes: [UInt8], _ at: Int, first: Int, _ earlier: [Int]
  ) -> (length: Int, distance: Int) {
    let most = min(longestMatch, bytes.count - at)
    var best = (length: 0, distance: 0)
    var place = first
    var left = tries
    while place >= 0, at - place <= window, left > 0 {
      var length = 0
      while length < most, bytes[place + length] == bytes[at + length] { length += 1 }
      if length > best.length { best = (length, at - place) }
      if length == most { break }
      place = earlier[place]
      left -= 1
    }
    return best
  }

  private static func hash(_ bytes: [UInt8], _ at: Int) -> Int {
    let three = UInt32(bytes[at]) << 16 | UInt32(bytes[at + 1]) << 8 | UInt32(bytes[at + 2])
    return Int((three &* 2_654_435_761) >> 19)
  }

  private static func appendLittleEndian(_ value: UInt32, to bytes: inout [UInt8]) {
    for shift in [UInt32(0), 8, 16, 24] { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
  }
}
