/// The Castagnoli cyclic redundancy check (RFC 3720 appendix B.4), reflected polynomial 0x82F63B78.
///
/// Eight tables let the loop take eight bytes at a time, so a 64 MiB picture costs well under a second.
enum CRC32C {
  private static let tables: [UInt32] = {
    var tables = [UInt32](repeating: 0, count: 8 * 256)
    for byte in 0..<256 {
      var value = UInt32(byte)
      for _ in 0..<8 { value = (value >> 1) ^ (value & 1 == 1 ? 0x82F6_3B78 : 0) }
      tables[byte] = value
    }
    for index in 256..<8 * 256 {
      let previous = tables[index - 256]
      tables[index] = (previous >> 8) ^ tables[Int(previous & 0xFF)]
    }
    return tables
  }()

  /// The checksum of `bytes`.
  static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    let tables = tables.span
    let bytes = bytes.span
    var crc = UInt32.max
    var offset = 0
    while offset + 8 <= bytes.count {
      let low = crc ^ word(bytes, offset)
      let high = word(bytes, offset + 4)
      crc = tables[7 * 256 + Int(low & 0xFF)] ^ tables[6 * 256 + Int((low >> 8) & 0xFF)]
      crc ^= tables[5 * 256 + Int((low >> 16) & 0xFF)] ^ tables[4 * 256 + Int(low >> 24)]
      crc ^= tables[3 * 256 + Int(high & 0xFF)] ^ tables[2 * 256 + Int((high >> 8) & 0xFF)]
      crc ^= tables[256 + Int((high >> 16) & 0xFF)] ^ tables[Int(high >> 24)]
      offset += 8
    }
    while offset < bytes.count {
      crc = (crc >> 8) ^ tables[Int((crc ^ UInt32(bytes[offset])) & 0xFF)]
      offset += 1
    }
    return ~crc
  }

  private static func word(_ bytes: Span<UInt8>, _ offset: Int) -> UInt32 {
    UInt32(bytes[offset]) | UInt32(bytes[offset + 1]) << 8 | UInt32(bytes[offset + 2]) << 16
      | UInt32(bytes[offset + 3]) << 24
  }
}
