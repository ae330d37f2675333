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
    guard let exif = exif(bytes) else { return try PNGImage(decoding: bytes).texts }
    return (ExifDirectory(exif)?.userComment).map { [PNGText(keyword: "parameters", text: $0)] } ?? []
  }

  /// The Exif data of a JPEG or a WebP, which may be none; nil for every other file.
  private static func exif(_ bytes: [UInt8]) -> [UInt8]? {
    if bytes.starts(with: [0xFF, 0xD8, 0xFF]) { return JPEGSegments(bytes).exif }
    if bytes.starts(with: Array("RIFF".utf8)), bytes.dropFirst(8).starts(with: Array("WEBP".utf8)) {
      return RIFFChunks(bytes).exif
    }
    return nil
  }
}
