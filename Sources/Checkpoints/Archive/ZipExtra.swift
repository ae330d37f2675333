/// The extra field of a zip header: blocks of an identifier, a length and bytes.
struct ZipExtra {
  /// The 64-bit numbers of the zip64 block, in its order; empty without one.
  let wide: [UInt64]

  /// Walks the blocks; throws if one ends outside or zip64 stands twice.
  init(_ bytes: [UInt8], _ name: String, _ reader: ZipReader) throws(CheckpointError) {
    var place = 0
    var found: [UInt64]?
    while place < bytes.count {
      guard bytes.count - place >= 4 else { throw reader.error("'\(name)' has a broken extra field") }
      let kind = Int(bytes[place]) | Int(bytes[place + 1]) << 8
      let length = Int(bytes[place + 2]) | Int(bytes[place + 3]) << 8
      place += 4
      guard length <= bytes.count - place else { throw reader.error("'\(name)' has a broken extra field") }
      if kind == 1 {
        guard found == nil else { throw reader.error("'\(name)' has two zip64 fields") }
        let block = bytes[place..<place + length]
        found = stride(from: block.startIndex, to: block.endIndex - 7, by: 8).map { start in
          block[start..<start + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
      }
      place += length
    }
    wide = found ?? []
  }
}
