import Glibc

/// A file that only takes up room, given up when the disk is full so that running jobs can still be stored.
///
/// New jobs are refused long before that; what is running must neither be lost nor have its lease end because
/// the database cannot be written.
final class DiskReserve: Sendable {
  /// Bytes kept back.
  static let bytes = 64 << 20
  /// Made again only when there is so much room.
  static let comfortableBytes = 1 << 30

  private let folder: String
  private let path: String

  /// Takes the room, if there is plenty.
  init(folder: String) {
    self.folder = folder
    path = folder + "/reserve"
    restore()
  }

  /// Gives the room up; false when it was given up before.
  func release() -> Bool { unsafe unlink(path) == 0 }

  /// Takes the room again, if it was given up and there is plenty; without it the server works as well.
  func restore() {
    var status = stat()
    if unsafe stat(path, &status) == 0, status.st_size == off_t(Self.bytes) { return }
    guard Self.freeBytes(of: folder) >= Self.comfortableBytes else { return }
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    if posix_fallocate(descriptor, 0, off_t(Self.bytes)) != 0 { _ = release() }
  }

  /// Bytes free for this user on a folder's file system; 0 when the system does not say.
  static func freeBytes(of folder: String) -> UInt64 {
    var status = statvfs()
    guard unsafe statvfs(folder, &status) == 0 else { return 0 }
    let (bytes, overflow) = UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize))
    return overflow ? .max : bytes
  }
}
