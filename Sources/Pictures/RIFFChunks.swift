/// The chunks of a RIFF file, as WebP keeps a profile and Exif beside the picture (RFC 9649, section 2.3).
public struct RIFFChunks: Sendable {
  private let bytes: [UInt8]

  /// Takes a file's bytes.
  public init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// A chunk's bytes; empty without one.
  ///
  /// What is damaged ends the search. Nothing is kept of the others: a file of sixteen megabytes may have two million
  /// of them.
  public subscript(_ name: String) -> [UInt8] {
    var offset = 12
    while offset <= bytes.count - 8 {
      let size = bytes[offset + 4..<offset + 8].reversed().reduce(0) { $0 << 8 | Int($1) }
      guard size <= bytes.count - offset - 8 else { break }
      if bytes[offset..<offset + 4].elementsEqual(name.utf8) {
        return Array(bytes[offset + 8..<offset + 8 + size])
      }
      offset += 8 + size + size % 2
    }
    return []
  }

  /// The TIFF structure of Exif, which some programs put behind JPEG's own mark.
  public var exif: [UInt8] {
    let chunk = self["EXIF"]
    let mark = Array("Exif\0\0".utf8)
    return chunk.starts(with: mark) ? Array(chunk.dropFirst(mark.count)) : chunk
  }
}
