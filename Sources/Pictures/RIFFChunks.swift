/// The chunks of a RIFF file, as WebP keeps a profile and Exif beside the picture (RFC 9649, section 2.3).
public struct RIFFChunks: Sendable {
  private var places: [String: Range<Int>] = [:]
  private let bytes: [UInt8]

  /// Walks over the chunks; what is damaged ends the walk.
  public init(_ bytes: [UInt8]) {
    self.bytes = bytes
    var offset = 12
    while offset <= bytes.count - 8 {
      let name = String(decoding: bytes[offset..<offset + 4], as: UTF8.self)
      let size = bytes[offset + 4..<offset + 8].reversed().reduce(0) { $0 << 8 | Int($1) }
      guard size <= bytes.count - offset - 8 else { break }
      places[name] = places[name] ?? offset + 8..<offset + 8 + size
      offset += 8 + size + size % 2
    }
  }

  /// A chunk's bytes; empty without one.
  public subscript(_ name: String) -> [UInt8] { places[name].map { Array(bytes[$0]) } ?? [] }

  /// The TIFF structure of Exif, which some programs put behind JPEG's own mark.
  public var exif: [UInt8] {
    let chunk = self["EXIF"]
    let mark = Array("Exif\0\0".utf8)
    return chunk.starts(with: mark) ? Array(chunk.dropFirst(mark.count)) : chunk
  }
}
