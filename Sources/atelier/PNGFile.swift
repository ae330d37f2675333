import Foundation
import Generation
import PNG
import StableDiffusion

/// The texts of a picture's file.
enum PNGFile {
  /// Larger files are no pictures of ours.
  private static let mostBytes = 256 << 20

  /// Reads the texts of a PNG.
  /// - Throws: `UserError` `too_large`, `PNGError`, `CocoaError`.
  static func texts(_ file: String) throws -> [PNGText] {
    let size = try FileStamp(path: file).size ?? 0
    guard size <= mostBytes else {
      throw UserError(
        code: "too_large", message: "'\(file)' has \(size) bytes, expected at most \(mostBytes)")
    }
    return try PNGImage(decoding: Array(try Data(contentsOf: URL(filePath: file)))).texts
  }
}
