/// The headers of small picture files, built byte by byte.
enum SamplePictures {
  static func big(_ value: Int, _ size: Int) -> [UInt8] {
    (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * (size - 1 - $0))) }
  }

  static func little(_ value: Int, _ size: Int) -> [UInt8] { big(value, size).reversed() }

  static func png(width: Int, height: Int) -> [UInt8] {
    [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + big(13, 4) + Array("IHDR".utf8) + big(width, 4)
      + big(height, 4) + [8, 2, 0, 0, 0] + big(0, 4)
  }

  static func jpeg(width: Int, height: Int) -> [UInt8] {
    let app: [UInt8] = [0xFF, 0xE0] + big(16, 2) + Array("JFIF\0".utf8) + [1, 1, 0, 0, 1, 0, 1, 0, 0]
    let frame: [UInt8] =
      [0xFF, 0xFF, 0xC0] + big(17, 2) + [8] + big(height, 2) + big(width, 2) + [3]
      + [1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1]
    return [0xFF, 0xD8] + app + frame + [0xFF, 0xDA]
  }

  static func webp(_ chunk: String, _ payload: [UInt8]) -> [UInt8] {
    let body = Array("WEBP".utf8) + Array(chunk.utf8) + little(payload.count, 4) + payload
    return Array("RIFF".utf8) + little(body.count, 4) + body
  }

  static func webpLossy(width: Int, height: Int) -> [UInt8] {
    webp("VP8 ", [0, 0, 0, 0x9D, 0x01, 0x2A] + little(width, 2) + little(height, 2))
  }

  static func webpLossless(width: Int, height: Int) -> [UInt8] {
    webp("VP8L", [0x2F] + little((width - 1) | (height - 1) << 14, 4) + [0])
  }

  static func webpExtended(width: Int, height: Int) -> [UInt8] {
    webp("VP8X", [0, 0, 0, 0] + little(width - 1, 3) + little(height - 1, 3))
  }
}
