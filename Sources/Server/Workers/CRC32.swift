/// The cyclic redundancy check of PNG (ISO 15948 annex D), reflected polynomial 0xEDB88320, four bytes at a time.
enum CRC32 {
  private static let tables: [UInt32] = {
    var tables = [UInt32](repeating: 0, count: 4 * 256)
    for byte in 0..<256 {
      var value = UInt32(byte)
      for _ in 0..<8 { value = (value >> 1) ^ (value & 1 == 1 ? 0xEDB8_8320 : 0) }
      tables[byte] = value
    }
    for index in 256..<4 * 256 {
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
    while offset + 4 <= bytes.count {
      crc ^=
        UInt32(bytes[offset]) | UInt32(bytes[offset + 1]) << 8 | UInt32(bytes[offset + 2]) << 16
        | UInt32(bytes[offset + 3]) << 24
      crc =
        tables[3 * 256 + Int(crc & 0xFF)] ^ tables[2 * 256 + Int((crc >> 8) & 0xFF)]
        ^ tables[256 + Int((crc >> 16) & 0xFF)] ^ tables[Int(crc >> 24)]
      offset += 4
    }
    while offset < bytes.count {
      crc = (crc >> 8) ^ tables[Int((crc ^ UInt32(bytes[offset])) & 0xFF)]
      offset += 1
    }
    return ~crc
  }
}
