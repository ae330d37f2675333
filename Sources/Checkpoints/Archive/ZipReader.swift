/// Little-endian numbers at places of an archive; a place outside the file is an error, not a crash.
struct ZipReader {
  let bytes: FileBytes

  init(_ bytes: FileBytes) { self.bytes = bytes }

  func short(_ offset: Int) throws(CheckpointError) -> UInt16 {
    UInt16(truncatingIfNeeded: try number(offset, 2))
  }

  func word(_ offset: Int) throws(CheckpointError) -> UInt32 {
    UInt32(truncatingIfNeeded: try number(offset, 4))
  }

  func long(_ offset: Int) throws(CheckpointError) -> UInt64 { try number(offset, 8) }

  /// A copy of `count` bytes.
  func copy(_ offset: Int, _ count: Int) throws(CheckpointError) -> [UInt8] {
    guard offset >= 0, count >= 0, offset <= bytes.count, count <= bytes.count - offset else {
      throw error("ends within a record at byte \(offset)")
    }
    return bytes.copy(offset..<offset + count)
  }

  /// An error about the archive.
  func error(_ reason: String) -> CheckpointError {
    .malformedArchive(file: bytes.label, reason: reason.printable(400))
  }

  private func number(_ offset: Int, _ count: Int) throws(CheckpointError) -> UInt64 {
    try copy(offset, count).reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}
