/// One entry of a zip archive's central directory, and the check of the local header it points to.
///
/// Source: PKWARE APPNOTE 6.3.10, sections 4.3.7, 4.3.9, 4.3.12 and 4.5.3. Whatever stands in both places must
/// agree: readers that believe different ones are how scanners are deceived.
struct ZipEntry {
  /// The name as bytes.
  let rawName: [UInt8]
  /// The name, checked.
  let name: String
  /// Where the local header begins.
  let offset: Int
  /// Bytes of the content.
  let size: Int
  /// CRC-32 of the content.
  let checksum: UInt32
  /// Where the next directory entry begins.
  let next: Int
  private let flags: UInt16

  /// Bit 3: sizes follow the data.
  private static let descriptorFlag: UInt16 = 1 << 3
  /// Bit 11: the name is UTF-8.
  ///
  /// PyTorch sets both.
  private static let knownFlags: UInt16 = descriptorFlag | 1 << 11

  /// Reads the directory entry at `place`.
  init(_ reader: ZipReader, at place: Int) throws(CheckpointError) {
    guard try reader.word(place) == 0x0201_4B50 else {
      throw reader.error("expected a directory entry at byte \(place)")
    }
    flags = try reader.short(place + 8)
    let lengths = [28, 30, 32]
    var sizes: [Int] = []
    for length in lengths { sizes.append(Int(try reader.short(place + length))) }
    rawName = try reader.copy(place + 46, sizes[0])
    name = try Self.checked(rawName, reader)
    try Self.check(flags, method: try reader.short(place + 10), name, reader)
    checksum = try reader.word(place + 16)
    let extra = try ZipExtra(reader.copy(place + 46 + sizes[0], sizes[1]), name, reader)
    var wide = extra.wide[...]
    let size = try Self.widened(try reader.word(place + 24), &wide, name, reader)
    let packed = try Self.widened(try reader.word(place + 20), &wide, name, reader)
    let offset = try Self.widened(try reader.word(place + 42), &wide, name, reader)
    guard size == packed else {
      throw reader.error("'\(name)' has \(packed) stored bytes for \(size); expected as many")
    }
    guard try reader.short(place + 34) == 0 else { throw reader.error("'\(name)' is in another volume") }
    guard size <= UInt64(reader.bytes.count), offset <= UInt64(reader.bytes.count) else {
      throw reader.error("'\(name)' says \(size) bytes at \(offset); the file has \(reader.bytes.count)")
    }
    self.size = Int(size)
    self.offset = Int(offset)
    next = place + 46 + sizes.reduce(0, +)
  }

  /// Checks the local header and what follows the data, and returns the data's bytes; `end` is where the next
  /// member, or the directory, begins.
  func data(_ reader: ZipReader, end: Int) throws(CheckpointError) -> Range<Int> {
    guard try reader.word(offset) == 0x0403_4B50 else {
      throw reader.error("'\(name)' has no local header at byte \(offset)")
    }
    let nameLength = Int(try reader.short(offset + 26))
    let extraLength = Int(try reader.short(offset + 28))
    guard try reader.copy(offset + 30, nameLength) == rawName, try reader.short(offset + 6) == flags,
      try reader.short(offset + 8) == 0
    else { throw reader.error("'\(name)': the local header and the directory disagree") }
    let extra = try ZipExtra(reader.copy(offset + 30 + nameLength, extraLength), name, reader)
    try checkLocal(reader, extra)
    let start = offset + 30 + nameLength + extraLength
    guard start <= end, size <= end - start else {
      throw reader.error("'\(name)' overlaps what follows it: \(size) bytes at \(start), the next at \(end)")
    }
    try checkDescriptor(reader, start + size, end)
    return start..<start + size
  }

  private var hasDescriptor: Bool { flags & Self.descriptorFlag != 0 }

  private func checkLocal(_ reader: ZipReader, _ extra: ZipExtra) throws(CheckpointError) {
    let crc = try reader.word(offset + 14)
    let narrow = [try reader.word(offset + 22), try reader.word(offset + 18)]
    var isEqual = crc == checksum || hasDescriptor && crc == 0
    var wide = extra.wide[...]
    for field in narrow {
      let value = field == .max ? wide.popFirst() ?? UInt64(field) : UInt64(field)
      isEqual =
        isEqual && (value == UInt64(size) || hasDescriptor && (value == 0 || value == UInt64(UInt32.max)))
    }
    guard isEqual else {
      throw reader.error("'\(name)': the local header has another size or checksum than the directory")
    }
  }

  /// After the data: nothing, or a descriptor that repeats checksum and sizes.
  private func checkDescriptor(_ reader: ZipReader, _ start: Int, _ end: Int) throws(CheckpointError) {
    let gap = end - start
    guard hasDescriptor else {
      guard gap == 0 else { throw reader.error("\(gap) bytes belong to no member, after '\(name)'") }
      return
    }
    guard [12, 16, 20, 24].contains(gap) else {
      throw reader.error("'\(name)' must be followed by a descriptor, found \(gap) bytes")
    }
    let isMarked = gap % 8 == 0
    let field = isMarked ? start + 4 : start
    let isWide = gap >= 20
    let sizes =
      isWide
      ? [try reader.long(field + 4), try reader.long(field + 12)]
      : [UInt64(try reader.word(field + 4)), UInt64(try reader.word(field + 8))]
    let mark = isMarked ? try reader.word(start) : 0x0807_4B50
    guard mark == 0x0807_4B50, try reader.word(field) == checksum, sizes.allSatisfy({ $0 == UInt64(size) })
    else { throw reader.error("'\(name)': the descriptor and the directory disagree") }
  }

  private static func check(
    _ flags: UInt16, method: UInt16, _ name: String, _ reader: ZipReader
  ) throws(CheckpointError) {
    guard flags & 1 == 0 else { throw reader.error("'\(name)' is encrypted") }
    guard flags & ~knownFlags == 0 else {
      throw reader.error(
        "'\(name)' has the flag bits 0x\(String(flags, radix: 16)), which PyTorch never sets")
    }
    guard method == 0 else {
      throw reader.error(
        "'\(name)' is compressed (method \(method)); expected stored bytes, as PyTorch writes")
    }
  }

  private static func widened(
    _ narrow: UInt32, _ wide: inout ArraySlice<UInt64>, _ name: String, _ reader: ZipReader
  ) throws(CheckpointError) -> UInt64 {
    guard narrow == .max else { return UInt64(narrow) }
    guard let value = wide.popFirst() else { throw reader.error("'\(name)' lacks a zip64 size") }
    return value
  }

  private static func checked(_ raw: [UInt8], _ reader: ZipReader) throws(CheckpointError) -> String {
    guard let name = String(validating: raw, as: UTF8.self), !name.isEmpty,
      !raw.contains(where: { $0 < 0x20 }),
      !name.contains("\\"), !name.hasPrefix("/"),
      !name.split(separator: "/", omittingEmptySubsequences: false).contains(where: {
        [".", "..", ""].contains($0)
      })
    else {
      throw reader.error(
        "the member name '\(String(decoding: raw, as: UTF8.self))' is no plain relative name")
    }
    return name
  }
}
