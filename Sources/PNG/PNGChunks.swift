/// The chunks of a PNG (PNG specification, section 5.3): length, type, data, CRC.
enum PNGChunks {
  private static let signatureLength = 8, frameLength = 12

  /// Refuses a file with a chunk longer than the file: libpng believes a length before the bytes come, and takes as
  /// much memory.
  ///
  /// What follows the end chunk, or is no chunk, is left to libpng.
  /// - Throws: `PNGError.malformed`, with what the chunk says and what the file has.
  static func check(_ bytes: [UInt8]) throws(PNGError) {
    var offset = signatureLength
    while offset + frameLength <= bytes.count {
      let length = bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
      let rest = bytes.count - offset - frameLength
      guard length <= rest else {
        throw .malformed(
          reason: "the chunk at byte \(offset) says \(length) bytes, the file has \(rest) more")
      }
      if bytes[offset + 4..<offset + 8].elementsEqual("IEND".utf8) { return }
      offset += frameLength + length
    }
  }
}
