/// Writes zip archives as PyTorch does, and wrong ones: the tests' own writer, with every field open.
struct ZipBuilder {
  /// One member and what its headers say.
  struct Member {
    var name: String
    var data: [UInt8]
    /// What the local header calls it, if not `name`.
    var localName: String?
    var flags: UInt16 = 0x0808
    var method: UInt16 = 0
    /// The checksum in directory and descriptor; nil: the right one.
    var checksum: UInt32?
    /// Sizes in the directory, the descriptor and the local header; nil: the right ones.
    var directorySize: UInt32?
    var packedSize: UInt32?
    var descriptorSize: UInt32?
    var localSize: UInt32 = 0
    var extra: [UInt8] = []
    var directoryExtra: [UInt8] = []
    /// Where the directory says the local header is; nil: where it is.
    var offset: UInt32?
    /// Bytes after the member that belong to nothing.
    var gap: [UInt8] = []
  }

  var members: [Member] = []
  var prefix: [UInt8] = []
  var suffix: [UInt8] = []
  var comment: [UInt8] = []
  var disk: UInt16 = 0
  var entryCount: UInt16?
  var isWide = true
  var wideCount: UInt64?

  init(_ members: [(String, [UInt8])]) {
    self.members = members.map { Member(name: $0.0, data: $0.1) }
  }

  /// The archive's bytes.
  func bytes() -> [UInt8] {
    var out = prefix
    var directory: [UInt8] = []
    for member in members {
      let start = out.count
      let checksum = member.checksum ?? Self.crc(member.data)
      let size = UInt32(member.data.count)
      let local = Array((member.localName ?? member.name).utf8)
      let hasDescriptor = member.flags & 8 != 0
      out += Self.little(0x0403_4B50, 4) + Self.little(0, 2) + Self.little(member.flags, 2)
      out += Self.little(member.method, 2) + Self.little(0, 4) + Self.little(hasDescriptor ? 0 : checksum, 4)
      let localSize = hasDescriptor ? member.localSize : size
      out += Self.little(localSize, 4) + Self.little(localSize, 4) + Self.little(local.count, 2)
      out += Self.little(member.extra.count, 2) + local + member.extra + member.data
      if hasDescriptor {
        let described = member.descriptorSize ?? size
        out += Self.little(0x0807_4B50, 4) + Self.little(checksum, 4)
        out += Self.little(described, 4) + Self.little(described, 4)
      }
      out += member.gap
      let name = Array(member.name.utf8)
      directory += Self.little(0x0201_4B50, 4) + Self.little(0, 4) + Self.little(member.flags, 2)
      directory += Self.little(member.method, 2) + Self.little(0, 4) + Self.little(checksum, 4)
      directory += Self.little(member.packedSize ?? member.directorySize ?? size, 4)
      directory += Self.little(member.directorySize ?? size, 4) + Self.little(name.count, 2)
      directory += Self.little(member.directoryExtra.count, 2) + Self.little(0, 2) + Self.little(0, 2)
      directory += Self.little(0, 6) + Self.little(member.offset ?? UInt32(start), 4) + name
      directory += member.directoryExtra
    }
    return out + directory + end(directory, at: out.count)
  }

  private func end(_ directory: [UInt8], at start: Int) -> [UInt8] {
    var out: [UInt8] = []
    let wide = wideCount ?? UInt64(members.count)
    if isWide {
      out += Self.little(0x0606_4B50, 4) + Self.little(44, 8) + Self.little(0, 12) + Self.little(wide, 8)
      out += Self.little(wide, 8) + Self.little(directory.count, 8) + Self.little(start, 8)
      out += Self.little(0x0706_4B50, 4) + Self.little(0, 4) + Self.little(start + directory.count, 8)
      out += Self.little(1, 4)
    }
    let count = entryCount ?? UInt16(members.count)
    out += Self.little(0x0605_4B50, 4) + Self.little(disk, 2) + Self.little(0, 2) + Self.little(count, 2)
    out += Self.little(count, 2) + Self.little(directory.count, 4) + Self.little(start, 4)
    return out + Self.little(comment.count, 2) + comment + suffix
  }

  /// A number's lowest bytes, lowest first.
  static func little(_ value: some BinaryInteger, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: UInt64(value) >> UInt64(8 * min($0, 7)) * ($0 < 8 ? 1 : 0)) }
  }

  /// CRC-32, bit by bit.
  static func crc(_ bytes: [UInt8]) -> UInt32 {
    var state = UInt32.max
    for byte in bytes {
      state ^= UInt32(byte)
      for _ in 0..<8 { state = state & 1 == 1 ? state >> 1 ^ 0xEDB8_8320 : state >> 1 }
    }
    return ~state
  }
}
