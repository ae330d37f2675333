import Foundation
import Generation
import PNG
import Pictures
import StableDiffusion

/// The texts of a picture's file.
enum PictureTexts {
  /// Larger files are no pictures of ours.
  private static let mostBytes = 256 << 20

  /// Reads the texts of a PNG; of a JPEG or WebP the user's comment as `parameters`, where the web UI puts them.
  /// - Throws: `UserError` `too_large`, `PNGError`, `CocoaError`.
  static func read(_ file: String) throws -> [PNGText] {
    let size = try FileStamp(path: file).size ?? 0
    guard size <= mostBytes else {
      throw UserError(
        code: "too_large", message: "'\(file)' has \(size) bytes, expected at most \(mostBytes)")
    }
    let bytes = Array(try Data(contentsOf: URL(filePath: file)))
    let exif: [UInt8]
    switch PictureKind(bytes) {
    case .jpeg: exif = JPEGSegments(bytes).exif
    case .webp: exif = RIFFChunks(bytes).exif
    case .png, nil: return try PNGImage(decoding: bytes).texts
    }
    return (ExifDirectory(exif)?.userComment).map { [PNGText(keyword: "parameters", text: $0)] } ?? []
  }
}
