import PNG
import WorkerProtocol

@testable import Checkpoints
@testable import Server

/// Parsers of files: a file is refused, or every pixel it promises is there and every tensor is as promised.
enum FileFuzz {
  // MARK: - PNG

  static func png(_ bytes: [UInt8]) {
    var limits = PNGLimits()
    // Larger pictures only take longer.
    limits.maxSide = 256
    for file in [bytes, summed(bytes)] {
      guard let image = try? PNGImage(decoding: file, limits: limits) else { continue }
      precondition(image.pixels.count == image.width * image.height * 3, "not every pixel came")
      guard let again = try? image.encoded(), let same = try? PNGImage(decoding: again, limits: limits) else {
        preconditionFailure("what was read cannot be written and read again")
      }
      precondition(same.pixels == image.pixels, "a picture changed by being written")
      _ = image.thumbnail(side: 16)
    }
  }

  /// The same file with right checksums, which mutation alone never finds.
  private static func summed(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    var start = 8
    while bytes.count - start >= 12 {
      let length = bytes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
      guard length <= bytes.count - start - 12 else { break }
      let end = start + 8 + length
      let sum = CRC32.png.checksum(bytes[start + 4..<end])
      for index in 0..<4 { bytes[end + index] = UInt8(truncatingIfNeeded: sum >> UInt32(24 - 8 * index)) }
      start = end + 4
    }
    return bytes
  }

  static var pictures: [[UInt8]] {
    let texts = [PNGText(keyword: "parameters", text: "a cat\nSteps: 1"), PNGText(keyword: "x", text: "é☃")]
    let sizes = [(1, 1), (3, 2), (20, 9)]
    return sizes.compactMap { width, height in
      let pixels = (0..<width * height * 3).map { UInt8(truncatingIfNeeded: $0 &* 37) }
      return try? PNGImage(width: width, height: height, pixels: pixels, texts: texts).encoded()
    }
  }

  // MARK: - Uploads

  static func upload(_ bytes: [UInt8]) {
    guard let header = try? PictureHeader.read(bytes) else { return }
    let sides = 1...PictureHeader.maxSide
    precondition(sides.contains(header.width) && sides.contains(header.height), "a side is out of bounds")
  }

  /// The headers of a JPEG that lies on its side, and of the three kinds of WebP.
  static let photos: [[UInt8]] = {
    let exif: [UInt8] = [0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0]
    let segment = Array("Exif".utf8) + [0, 0] + exif
    let frame: [UInt8] = [0xFF, 0xC0, 0, 17, 8, 0, 2, 0, 3, 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1]
    let jpeg = [0xFF, 0xD8, 0xFF, 0xE1, 0, UInt8(segment.count + 2)] + segment + frame + [0xFF, 0xD9]
    let chunks: [(String, [UInt8])] = [
      ("VP8 ", [0x10, 0, 0, 0x9D, 1, 0x2A, 3, 0, 2, 0]), ("VP8L", [0x2F, 2, 0x40, 0, 0, 0]),
      ("VP8X", [8, 0, 0, 0, 2, 0, 0, 1, 0, 0, 0x45, 0x58, 0x49, 0x46, UInt8(exif.count), 0, 0, 0] + exif),
    ]
    return [jpeg]
      + chunks.map { name, data in
        let body = Array("WEBP\(name)".utf8) + [UInt8(min(data.count, 10)), 0, 0, 0] + data
        return Array("RIFF".utf8) + [UInt8(body.count), 0, 0, 0] + body
      }
  }()

  // MARK: - Tensors

  static func safetensors(_ bytes: [UInt8]) {
    guard let file = try? SafetensorsFile(bytes: bytes, label: "fuzz") else { return }
    readAll(file)
  }

  static func torch(_ bytes: [UInt8]) {
    guard let file = try? TorchFile(FileBytes(copying: bytes, label: "fuzz")) else { return }
    readAll(file)
    try? file.verify()
  }

  static func pickle(_ bytes: [UInt8]) {
    _ = try? PickleMachine.run(FileBytes(copying: bytes, label: "fuzz"), 0..<bytes.count)
  }

  private static func readAll(_ file: some TensorFile) {
    for entry in file.entries {
      // An archive's checksums are looked at when a tensor is asked for.
      guard let tensor = try? file.stored(entry.name) else { continue }
      precondition(tensor.shape == entry.shape, "a tensor has two shapes")
      guard entry.type.isWeight, entry.shape.reduce(1, *) <= 1 << 16 else { continue }
      precondition(tensor.floats().count == tensor.count, "not every number came")
    }
  }

  static var tensorFiles: [[UInt8]] {
    let headers = [
      #"{"a":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},"__metadata__":{"k":"v"}}"#,
      #"{"b":{"dtype":"F16","shape":[],"data_offsets":[0,2]},"c":{"dtype":"BF16","shape":[0],"data_offsets":[2,2]}}"#,
    ]
    return zip(headers, [8, 2]).map { header, count in
      let length = header.utf8.count
      let prefix = (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }
      return prefix + Array(header.utf8) + [UInt8](repeating: 1, count: count)
    }
  }

  static let pickles: [[UInt8]] = [
    // protocol 2, a dictionary with a text and a number
    [0x80, 2, 0x7D, 0x71, 0, 0x58, 1, 0, 0, 0, 0x61, 0x4B, 5, 0x73, 0x2E],
    [0x80, 2, 0x63] + Array("collections\nOrderedDict\n".utf8) + [0x29, 0x52, 0x2E],
  ]
}
