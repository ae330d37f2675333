/// The bytes of a pickle, read forwards; every step checks the end first.
struct PickleInput {
  /// The longest pickle that is read, in bytes.
  static let limit = 32 << 20

  /// Where the next byte is in the file.
  private(set) var position: Int
  private let end: Int
  private let bytes: FileBytes

  /// Reads from the beginning of `range`, at most `limit` bytes.
  init(_ bytes: FileBytes, _ range: Range<Int>) {
    self.bytes = bytes
    position = range.lowerBound
    end = min(range.upperBound, range.lowerBound + Self.limit)
  }

  /// An error at the present place.
  func error(_ reason: String) -> CheckpointError {
    .malformedPickle(file: bytes.label, offset: position, reason: reason.printable(400))
  }

  mutating func byte() throws(CheckpointError) -> UInt8 { try take(1)[0] }

  /// The next `count` bytes.
  mutating func take(_ count: Int) throws(CheckpointError) -> [UInt8] {
    guard count >= 0, count <= end - position else {
      throw error("\(count) bytes are announced, \(end - position) are left")
    }
    defer { position += count }
    return bytes.copy(position..<position + count)
  }

  /// A little-endian number of `size` bytes, unsigned.
  mutating func number(_ size: Int) throws(CheckpointError) -> UInt64 {
    try take(size).reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// A length in `size` bytes, at most what a pickle may have.
  mutating func length(_ size: Int) throws(CheckpointError) -> Int {
    let length = try number(size)
    guard length <= UInt64(Self.limit) else { throw error("a text of \(length) bytes is announced") }
    return Int(length)
  }

  /// UTF-8 of `count` bytes.
  mutating func text(_ count: Int) throws(CheckpointError) -> String {
    guard let text = String(validating: try take(count), as: UTF8.self) else { throw error("expected UTF-8") }
    return text
  }

  /// Text up to the next line feed, at most 256 bytes.
  mutating func line() throws(CheckpointError) -> String {
    var line: [UInt8] = []
    while true {
      let byte = try byte()
      if byte == 0x0A { break }
      guard line.count < 256 else { throw error("a name is longer than 256 bytes") }
      line.append(byte)
    }
    guard let text = String(validating: line, as: UTF8.self) else { throw error("expected UTF-8") }
    return text
  }
}
