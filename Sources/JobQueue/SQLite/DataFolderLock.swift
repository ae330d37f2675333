import Glibc
import Synchronization

/// Holds a data folder for this process alone, until it goes away.
///
/// SQLite before 3.51.3 can corrupt a WAL database that two connections checkpoint at once (sqlite.org/wal.html,
/// "the WAL-reset bug"), so there must never be a second server on one folder. The kernel drops the lock
/// with the process, however it ends.
final class DataFolderLock: Sendable {
  private let descriptor: Mutex<Int32>

  /// Takes the lock or throws `JobQueueError.folderInUse` at once.
  init(folder: String) throws(JobQueueError) {
    let descriptor = open(folder + "/server.lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw .folderFailed(operation: "opening its lock", errno: errno) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let reason = errno
      close(descriptor)
      throw reason == EWOULDBLOCK ? .folderInUse : .folderFailed(operation: "locking", errno: reason)
    }
    self.descriptor = Mutex(descriptor)
  }

  deinit { release() }

  /// Gives the folder up; harmless when that was done before.
  func release() {
    descriptor.withLock { descriptor in
      if descriptor >= 0 { close(descriptor) }
      descriptor = -1
    }
  }
}
