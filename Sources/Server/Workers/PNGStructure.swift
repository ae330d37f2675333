import WorkerProtocol

/// Checks that bytes a worker sent are a whole PNG of the asked size, without decoding a pixel.
///
/// ISO 15948: signature (5.2), chunks with their CRC (5.3), IHDR first (11.2.2), IDAT (11.2.4), IEND last
/// (11.2.5), nothing after it.
enum PNGStructure {
  /// What is wrong with a picture.
  enum Fault: Error, Equatable, Sendable {
    case signature
    case truncated
    case checksum(chunk: String)
    case header
    case size(expected: [Int], found: [Int])
    case noData
    case trailingBytes(Int)
  }

  private static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  /// Checks a picture of exactly this size.
  static func check(_ bytes: [UInt8], width: Int, height: Int) throws(Fault) {
    let found = try size(of: bytes)
    guard found == [width, height] else { throw .size(expected: [width, height], found: found) }
  }

  /// Checks a picture and gives its width and height.
  static func size(of bytes: [UInt8]) throws(Fault) -> [Int] {
    guard bytes.starts(with: signature) else { throw .signature }
    var offset = signature.count
    var size: [Int]?
    var hasData = false
    while true {
      let chunk = try chunk(bytes, at: offset)
      switch chunk.type {
      case "IHDR":
        guard size == nil, offset == signature.count, chunk.length == 13 else { throw .header }
        size = [0, 4].map { number(bytes, chunk.start + $0) }
      case "IDAT": hasData = hasData || chunk.length > 0
      default: break
      }
      guard let size else { throw .header }
      offset = chunk.end
      guard chunk.type == "IEND" else { continue }
      guard chunk.length == 0 else { throw .header }
      guard hasData else { throw .noData }
      guard offset == bytes.count else { throw .trailingBytes(bytes.count - offset) }
      return size
    }
  }

  private struct Chunk {
    let type: String
    let length: Int
    /// Where its data begins.
    let start: Int
    /// Where the next chunk begins.
    let end: Int
  }

  private static func chunk(_ bytes: [UInt8], at offset: Int) throws(Fault) -> Chunk {
    // Length, type and checksum; the length is a u32, so nothing here can overflow an Int.
    guard bytes.count - offset >= 12 else { throw .truncated }
    let length = number(bytes, offset)
    guard length <= bytes.count - offset - 12 else { throw .truncated }
    let name = bytes[offset + 4..<offset + 8]
    guard name.allSatisfy({ (0x41...0x5A).contains($0 & 0xDF) }) else { throw .header }
    let type = String(decoding: name, as: UTF8.self)
    let end = offset + 8 + length
    guard UInt32(number(bytes, end)) == CRC32.png.checksum(bytes[offset + 4..<end]) else {
      throw .checksum(chunk: type)
    }
    return Chunk(type: type, length: length, start: offset + 8, end: end + 4)
  }

  private static func number(_ bytes: [UInt8], _ offset: Int) -> Int {
    bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
  }
}
