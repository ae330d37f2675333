/// A PNG's IHDR chunk.
enum PNGHeader {
  static func read(_ reader: ByteReader) throws(PictureError) -> PictureHeader {
    guard reader.big(8, 4) == 13, reader.has(Array("IHDR".utf8), at: 12) else {
      throw .damaged(.png, "the first chunk is not IHDR")
    }
    guard let width = reader.big(16, 4), let height = reader.big(20, 4), let depth = reader.byte(24),
      let colour = reader.byte(25), reader.count >= 33
    else { throw .damaged(.png, "the header ends too early") }
    let depths = [0: [1, 2, 4, 8, 16], 2: [8, 16], 3: [1, 2, 4, 8], 4: [8, 16], 6: [8, 16]]
    guard depths[colour]?.contains(depth) == true else {
      throw .damaged(.png, "colour type \(colour) with depth \(depth) does not exist")
    }
    guard width <= Int32.max, height <= Int32.max else { throw .tooLarge(width: width, height: height) }
    return PictureHeader(kind: .png, width: width, height: height)
  }
}
