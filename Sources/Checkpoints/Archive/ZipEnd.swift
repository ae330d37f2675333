/// The records at the end of a zip archive: where its directory is and how many entries it has.
///
/// Source: PKWARE APPNOTE 6.3.10, sections 4.3.14 to 4.3.16. The end record must be the last thing in the file
/// and everything before it contiguous, so that no other reader can find another directory.
struct ZipEnd {
  /// The bytes of the central directory.
  let directory: Range<Int>
  /// How many entries it says to have.
  let count: Int

  private static let size = 22
  private static let locatorSize = 20
  private static let wideSize = 56

  init(_ bytes: FileBytes) throws(CheckpointError) {
    let reader = ZipReader(bytes)
    let end = bytes.count - Self.size
    guard end >= 0, try reader.short(end) == 0x4B50, try reader.short(end + 2) == 0x0605 else {
      throw reader.error(
        "expected the end record in the last 22 bytes; the file is cut or something follows it")
    }
    guard try reader.short(end + 20) == 0 else { throw reader.error("has a comment; expected none") }
    guard try reader.short(end + 4) == 0, try reader.short(end + 6) == 0 else {
      throw reader.error("is one of several volumes; expected a whole archive")
    }
    let narrow = Narrow(
      onDisk: try reader.short(end + 8), count: try reader.short(end + 10), size: try reader.word(end + 12),
      offset: try reader.word(end + 16))
    let locator = end - Self.locatorSize
    var isWide = false
    if locator >= Self.wideSize { isWide = try reader.word(locator) == 0x0706_4B50 }
    let found = isWide ? try Self.wide(reader, locator, narrow) : try Self.plain(reader, narrow)
    // The directory must end where the end records begin: no gap, no overlap.
    let limit = isWide ? locator - Self.wideSize : end
    let (stop, overflowed) = found.offset.addingReportingOverflow(found.size)
    guard !overflowed, stop == UInt64(limit), found.count <= UInt64(ZipArchive.memberLimit),
      found.size <= UInt64(ZipArchive.directoryLimit)
    else {
      throw reader.error(
        "the directory must end at byte \(limit) and have at most \(ZipArchive.memberLimit) entries; "
          + "it says \(found.count) entries in \(found.size) bytes at \(found.offset)")
    }
    directory = Int(found.offset)..<limit
    count = Int(found.count)
  }

  private struct Narrow {
    let onDisk, count: UInt16
    let size, offset: UInt32
  }

  private typealias Found = (count: UInt64, size: UInt64, offset: UInt64)

  private static func plain(_ reader: ZipReader, _ narrow: Narrow) throws(CheckpointError) -> Found {
    guard narrow.onDisk == narrow.count else {
      throw reader.error("two entry counts disagree in the end record")
    }
    return (UInt64(narrow.count), UInt64(narrow.size), UInt64(narrow.offset))
  }

  private static func wide(
    _ reader: ZipReader, _ locator: Int, _ narrow: Narrow
  ) throws(CheckpointError) -> Found {
    let record = locator - wideSize
    guard try reader.long(locator + 8) == UInt64(record), try reader.word(locator + 4) == 0,
      try reader.word(locator + 16) <= 1, try reader.word(record) == 0x0606_4B50,
      try reader.long(record + 4) == 44, try reader.word(record + 16) == 0,
      try reader.word(record + 20) == 0
    else { throw reader.error("the zip64 end record is not where and what it should be") }
    let count = try reader.long(record + 32)
    let (size, offset) = (try reader.long(record + 40), try reader.long(record + 48))
    // What stands twice must agree; all ones in the old record mean "see the new one".
    guard try reader.long(record + 24) == count, agrees(narrow.onDisk, count), agrees(narrow.count, count),
      agrees(narrow.size, size), agrees(narrow.offset, offset)
    else { throw reader.error("the two end records disagree") }
    return (count, size, offset)
  }

  private static func agrees<Field: FixedWidthInteger & UnsignedInteger>(_ narrow: Field, _ wide: UInt64)
    -> Bool
  {
    narrow == .max || UInt64(narrow) == wide
  }
}
