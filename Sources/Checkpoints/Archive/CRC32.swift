/// The checksum zip files use: CRC-32 of IEEE 802.3, reflected.
///
/// Eight bytes a step through eight tables (Kounavis and Berry 2005, "slicing-by-8").
struct CRC32 {
  private var state: UInt32 = 0xFFFF_FFFF

  /// The checksum of everything fed so far.
  var value: UInt32 { ~state }

  /// Feeds bytes.
  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    state = unsafe Self.tables.withUnsafeBufferPointer { tables in
      unsafe Self.advance(state, bytes, tables)
    }
  }

  private static func advance(
    _ start: UInt32, _ bytes: UnsafeRawBufferPointer, _ tables: UnsafeBufferPointer<UInt32>
  ) -> UInt32 {
    var state = start
    var index = 0
    while index + 8 <= bytes.count {
      let word = unsafe UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
      let mixed = word ^ UInt64(state)
      state = unsafe tables[1792 + Int(mixed & 255)] ^ tables[1536 + Int(mixed >> 8 & 255)]
      state ^= unsafe tables[1280 + Int(mixed >> 16 & 255)] ^ tables[1024 + Int(mixed >> 24 & 255)]
      state ^= unsafe tables[768 + Int(mixed >> 32 & 255)] ^ tables[512 + Int(mixed >> 40 & 255)]
      state ^= unsafe tables[256 + Int(mixed >> 48 & 255)] ^ tables[Int(mixed >> 56)]
      index += 8
    }
    while index < bytes.count {
      state = unsafe tables[Int((state ^ UInt32(bytes[index])) & 255)] ^ state >> 8
      index += 1
    }
    return state
  }

  /// Table k, at 256·k, takes a byte k places further on.
  private static let tables: [UInt32] = {
    var tables: [UInt32] = []
    for byte in UInt32(0)..<256 {
      var value = byte
      for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
      tables.append(value)
    }
    for index in 256..<2048 {
      let before = tables[index - 256]
      tables.append(tables[Int(before & 255)] ^ before >> 8)
    }
    return tables
  }()
}
