import Synchronization

/// The blocks of elements a `torch.save` file has, and which of them were compared with their checksums.
final class TorchStorages: Sendable {
  /// The file's bytes.
  let bytes: FileBytes
  private let ranges: [Range<Int>]
  private let archive: ZipArchive?
  private let members: [ZipMember]
  private let verified = Mutex<Set<Int>>([])

  /// Storages that are members of an archive, in the order of the document's storages.
  init(_ bytes: FileBytes, members: [ZipMember], of archive: ZipArchive) {
    self.bytes = bytes
    self.archive = archive
    self.members = members
    ranges = members.map(\.data)
  }

  /// Storages that lie in the file without checksums.
  init(_ bytes: FileBytes, ranges: [Range<Int>]) {
    self.bytes = bytes
    self.ranges = ranges
    archive = nil
    members = []
  }

  /// Where storage `number` lies in the file; not read yet.
  func range(_ number: Int) -> Range<Int> { ranges[number] }

  /// Compares the checksum of storage `number`, unless that was done before.
  func verify(_ number: Int) throws(CheckpointError) {
    guard let archive, !verified.withLock({ $0.contains(number) }) else { return }
    try archive.verify(members[number])
    verified.withLock { _ = $0.insert(number) }
  }

  /// Compares the checksums of all members, storages or not.
  func verifyAll() throws(CheckpointError) {
    for member in archive?.members ?? [] {
      try archive?.verify(member)
      bytes.releasePages(member.data)
    }
  }
}
