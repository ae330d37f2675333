/// A zip archive of stored members, its structure checked whole when it is opened.
///
/// Stricter than the format, as strict as PyTorch's writer: members lie one behind the other from the first byte
/// on, the directory and the end records follow, nothing else is in the file; directory, local headers and
/// descriptors say the same; no name stands twice, whatever its case. Nothing is ever inflated.
struct ZipArchive: Sendable {
  /// The most members an archive may have.
  static let memberLimit = 65_535
  /// The longest directory, in bytes.
  static let directoryLimit = 32 << 20

  /// The members in the order of their data.
  let members: [ZipMember]
  private let bytes: FileBytes

  /// Whether a file begins as an archive does.
  static func begins(_ bytes: FileBytes) -> Bool {
    bytes.copy(0..<min(4, bytes.count)) == [0x50, 0x4B, 0x03, 0x04]
  }

  /// Checks the structure; checksums are checked by `verify`.
  init(_ bytes: FileBytes) throws(CheckpointError) {
    let reader = ZipReader(bytes)
    let end = try ZipEnd(bytes)
    var entries = try Self.entries(reader, end)
    entries.sort { $0.offset < $1.offset }
    guard entries.first?.offset ?? end.directory.lowerBound == 0 else {
      throw reader.error("something stands before the first member")
    }
    var members: [ZipMember] = []
    members.reserveCapacity(entries.count)
    for (index, entry) in entries.enumerated() {
      let next = index + 1 < entries.count ? entries[index + 1].offset : end.directory.lowerBound
      members.append(
        ZipMember(name: entry.name, data: try entry.data(reader, end: next), checksum: entry.checksum))
    }
    self.members = members
    self.bytes = bytes
  }

  /// Reads a member whole and compares its checksum.
  func verify(_ member: ZipMember) throws(CheckpointError) {
    var checksum = CRC32()
    unsafe bytes.withUnsafeBytes(member.data) { data in unsafe checksum.update(data) }
    guard checksum.value == member.checksum else {
      throw .malformedArchive(
        file: bytes.label, reason: "the checksum of '\(member.name)' is wrong: the file is damaged or forged")
    }
  }

  private static func entries(_ reader: ZipReader, _ end: ZipEnd) throws(CheckpointError) -> [ZipEntry] {
    var entries: [ZipEntry] = []
    var names: Set<String> = []
    var place = end.directory.lowerBound
    for _ in 0..<end.count {
      guard place < end.directory.upperBound else { throw reader.error("the directory ends too early") }
      let entry = try ZipEntry(reader, at: place)
      guard names.insert(entry.name.lowercased()).inserted else {
        throw reader.error("the name '\(entry.name)' stands twice, or in another case")
      }
      place = entry.next
      entries.append(entry)
    }
    guard place == end.directory.upperBound else {
      throw reader.error("the directory is longer than its \(end.count) entries")
    }
    return entries
  }
}
