/// The zip format of `torch.save`: one folder with `data.pkl` and a member for each storage.
struct TorchArchive {
  /// What the pickle says.
  let document: PickleDocument
  /// Where its storages are.
  let storages: TorchStorages

  /// Members besides `data.pkl` and `data/N` that PyTorch writes.
  private static let known: Set<String> = [
    "version", "byteorder", ".format_version", ".storage_alignment", ".data/serialization_id",
  ]

  /// Checks the archive, interprets its pickle and finds its storages; their checksums are not checked yet.
  init(_ bytes: FileBytes) throws(CheckpointError) {
    let archive = try ZipArchive(bytes)
    let members = try Self.members(archive, bytes.label)
    guard let pickle = members["data.pkl"] else {
      throw .malformedArchive(file: bytes.label, reason: "has no data.pkl: it is no file of torch.save")
    }
    try archive.verify(pickle)
    try Self.checkByteOrder(archive, members, bytes)
    let (document, end) = try PickleMachine.run(bytes, pickle.data)
    guard end == pickle.data.upperBound else {
      throw .malformedPickle(
        file: bytes.label, offset: end, reason: "something follows the end of the pickle")
    }
    var found: [ZipMember] = []
    for storage in document.storages {
      found.append(try Self.member(of: storage, members, bytes.label))
    }
    self.document = document
    storages = TorchStorages(bytes, members: found, of: archive)
  }

  /// The members by their names below the one folder they all are in.
  private static func members(
    _ archive: ZipArchive, _ file: String
  ) throws(CheckpointError) -> [String: ZipMember] {
    var members: [String: ZipMember] = [:]
    var folder: Substring?
    for member in archive.members {
      let parts = member.name.split(separator: "/", maxSplits: 1)
      guard parts.count == 2, parts[0] == folder ?? parts[0], isKnown(parts[1]) else {
        throw .malformedArchive(
          file: file, reason: "the member '\(member.name.printable())' is none that PyTorch writes")
      }
      folder = parts[0]
      members[String(parts[1])] = member
    }
    return members
  }

  private static func isKnown(_ name: Substring) -> Bool {
    if name == "data.pkl" || known.contains(String(name)) { return true }
    let digits = name.dropFirst(5)
    return name.hasPrefix("data/") && !digits.isEmpty && digits.utf8.allSatisfy { (0x30...0x39).contains($0) }
  }

  private static func checkByteOrder(
    _ archive: ZipArchive, _ members: [String: ZipMember], _ bytes: FileBytes
  ) throws(CheckpointError) {
    guard let member = members["byteorder"] else { return }
    try archive.verify(member)
    guard member.data.count == 6, bytes.copy(member.data) == Array("little".utf8) else {
      throw .malformedArchive(file: bytes.label, reason: "its numbers are not little-endian; save it anew")
    }
  }

  private static func member(
    of storage: PickleDocument.Storage, _ members: [String: ZipMember], _ file: String
  ) throws(CheckpointError) -> ZipMember {
    guard let member = members["data/\(storage.key)"] else {
      throw .malformedArchive(file: file, reason: "has no data for storage '\(storage.key.printable())'")
    }
    let (size, overflowed) = storage.count.multipliedReportingOverflow(by: storage.type.bits / 8)
    guard !overflowed, size == member.data.count else {
      throw .malformedArchive(
        file: file,
        reason: "storage '\(storage.key)' of \(storage.count) \(storage.type.rawValue) has "
          + "\(member.data.count) bytes")
    }
    return member
  }
}
