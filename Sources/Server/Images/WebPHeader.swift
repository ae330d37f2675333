import Pictures

/// A WebP's first chunk: lossy, lossless or extended.
enum WebPHeader {
  static func read(_ reader: ByteReader) throws(PictureError) -> PictureHeader {
    guard let size = reader.little(4, 4), size >= 12, size + 8 <= reader.count,
      let chunkSize = reader.little(16, 4), chunkSize + 20 <= reader.count
    else { throw .damaged(.webp, "it is longer than the file") }
    if reader.has(Array("VP8 ".utf8), at: 12) { return try lossy(reader) }
    if reader.has(Array("VP8L".utf8), at: 12) { return try lossless(reader) }
    if reader.has(Array("VP8X".utf8), at: 12) {
      guard let width = reader.little(24, 3), let height = reader.little(27, 3) else {
        throw .damaged(.webp, "the header ends too early")
      }
      let exif = RIFFChunks(Array(reader.bytes(0..<reader.count))).exif
      return PictureHeader(kind: .webp, width: width + 1, height: height + 1)
        .turned(Orientation(exif: exif))
    }
    throw .damaged(.webp, "the first chunk is of no known kind")
  }

  private static func lossy(_ reader: ByteReader) throws(PictureError) -> PictureHeader {
    guard let tag = reader.byte(20), tag & 1 == 0, reader.has([0x9D, 0x01, 0x2A], at: 23),
      let width = reader.little(26, 2), let height = reader.little(28, 2)
    else { throw .damaged(.webp, "the frame is not a key frame") }
    return PictureHeader(kind: .webp, width: width & 0x3FFF, height: height & 0x3FFF)
  }

  private static func lossless(_ reader: ByteReader) throws(PictureError) -> PictureHeader {
    guard reader.byte(20) == 0x2F, let bits = reader.little(21, 4), bits >> 29 == 0 else {
      throw .damaged(.webp, "the lossless header is wrong")
    }
    return PictureHeader(kind: .webp, width: bits & 0x3FFF + 1, height: (bits >> 14) & 0x3FFF + 1)
  }
}
