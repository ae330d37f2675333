/// A file stored in a zip archive.
struct ZipMember: Equatable, Sendable {
  /// Its name as the archive has it, checked: relative, without `..`, backslashes and control characters.
  let name: String
  /// Its bytes in the archive's file.
  let data: Range<Int>
  /// Its CRC-32, as the archive says; not checked yet.
  let checksum: UInt32
}
