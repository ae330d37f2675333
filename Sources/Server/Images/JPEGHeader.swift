import Pictures

/// A JPEG's frame header, found by walking the segments before it.
enum JPEGHeader {
  static func read(_ reader: ByteReader) throws(PictureError) -> PictureHeader {
    var offset = 2
    var orientation = Orientation.upright
    while true {
      guard reader.byte(offset) == 0xFF else { throw .damaged(.jpeg, "no marker at byte \(offset)") }
      // Any number of 0xFF may fill the space before a marker.
      while reader.byte(offset + 1) == 0xFF { offset += 1 }
      guard let marker = reader.byte(offset + 1) else { throw .damaged(.jpeg, "it ends before its frame") }
      offset += 2
      switch marker {
      case 0x01, 0xD0...0xD7: continue
      case 0xD9, 0xDA, 0x00: throw .damaged(.jpeg, "it has no frame header before its data")
      default: break
      }
      guard let length = reader.big(offset, 2), length >= 2, offset + length <= reader.count else {
        throw .damaged(.jpeg, "a segment is longer than the file")
      }
      if marker == 0xE1, length >= 8, reader.has(Array("Exif\0\0".utf8), at: offset + 2) {
        orientation = Orientation(exif: reader.bytes(offset + 8..<offset + length))
      }
      if isFrame(marker) { return try frame(reader, offset, length).turned(orientation) }
      offset += length
    }
  }

  /// SOF0…SOF15 without DHT, JPG and DAC, which share the range.
  private static func isFrame(_ marker: Int) -> Bool {
    (0xC0...0xCF).contains(marker) && marker != 0xC4 && marker != 0xC8 && marker != 0xCC
  }

  private static func frame(
    _ reader: ByteReader, _ offset: Int, _ length: Int
  ) throws(PictureError) -> PictureHeader {
    guard length >= 11, let precision = reader.byte(offset + 2), let height = reader.big(offset + 3, 2),
      let width = reader.big(offset + 5, 2), let components = reader.byte(offset + 7)
    else { throw .damaged(.jpeg, "the frame header is too short") }
    guard precision == 8 || precision == 12, (1...4).contains(components), length == 8 + 3 * components
    else { throw .damaged(.jpeg, "the frame header does not add up") }
    return PictureHeader(kind: .jpeg, width: width, height: height)
  }
}
