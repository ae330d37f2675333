import Pictures

/// What the first bytes of an uploaded picture say about it.
///
/// Only headers are read here; pixels are decoded in the worker, so that a decoder's fault can never
/// reach the server. Sources: PNG (ISO 15948 §11.2.2), JPEG (ITU T.81 §B.2.2), WebP (RFC 9649 §2.5–2.7).
struct PictureHeader: Hashable, Sendable {
  /// A kind of file this server takes.
  enum Kind: String, Hashable, Sendable {
    case png, jpeg, webp

    /// The media type.
    var mediaType: String { "image/\(rawValue)" }
  }

  /// The kind by its bytes, whatever the client called it.
  var kind: Kind
  /// Pixels.
  var width: Int
  /// Pixels.
  var height: Int

  /// The size of the picture turned upright, which is how workers see it.
  func turned(_ orientation: Orientation) -> PictureHeader {
    orientation.swapsSides ? PictureHeader(kind: kind, width: height, height: width) : self
  }

  /// Longest side taken.
  static let maxSide = 4096
  /// Most pixels taken.
  static let maxPixels = 16 << 20

  /// Reads the header of `bytes`.
  /// - Throws: `PictureError` when it is none of the three kinds, broken, or too large.
  static func read(_ bytes: [UInt8]) throws(PictureError) -> PictureHeader {
    let reader = ByteReader(bytes)
    let header: PictureHeader
    if reader.has([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], at: 0) {
      header = try PNGHeader.read(reader)
    } else if reader.has([0xFF, 0xD8, 0xFF], at: 0) {
      header = try JPEGHeader.read(reader)
    } else if reader.has(Array("RIFF".utf8), at: 0), reader.has(Array("WEBP".utf8), at: 8) {
      header = try WebPHeader.read(reader)
    } else {
      throw .unknownKind
    }
    guard header.width > 0, header.height > 0 else { throw .damaged(header.kind, "a side is 0") }
    guard max(header.width, header.height) <= maxSide, header.width * header.height <= maxPixels else {
      throw .tooLarge(width: header.width, height: header.height)
    }
    return header
  }
}
