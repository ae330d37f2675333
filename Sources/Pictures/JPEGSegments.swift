/// The segments before a JPEG's picture (ITU-T T.81, B.1.1.4).
public struct JPEGSegments: Sendable {
  private let bytes: [UInt8]

  /// Takes a file's bytes.
  public init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The TIFF structure of Exif; empty without one.
  ///
  /// What is damaged ends the search.
  public var exif: [UInt8] {
    let mark = Array("Exif\0\0".utf8)
    var offset = 2
    while offset <= bytes.count - 4, bytes[offset] == 0xFF, bytes[offset + 1] != Self.scan {
      let size = Int(bytes[offset + 2]) << 8 | Int(bytes[offset + 3])
      guard size >= 2, size <= bytes.count - offset - 2 else { break }
      let content = bytes[offset + 4..<offset + 2 + size]
      if bytes[offset + 1] == Self.app1, content.starts(with: mark) {
        return Array(content.dropFirst(mark.count))
      }
      offset += 2 + size
    }
    return []
  }

  private static let app1: UInt8 = 0xE1
  private static let scan: UInt8 = 0xDA
}
