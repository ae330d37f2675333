import Glibc

/// A file that appears under its name only when it is whole and on the disk.
final class NewFile {
  private let path: String
  private let draft: String
  private let label: String
  private var descriptor: Int32
  private var isCommitted = false

  /// Opens a draft beside the target.
  init(path: String) throws(CheckpointError) {
    self.path = path
    draft = "\(path).part-\(getpid())"
    label = String(path.split(separator: "/").last ?? "")
    descriptor = unsafe open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      isCommitted = true
      throw failure()
    }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
    if !isCommitted { unsafe unlink(draft) }
  }

  /// Writes bytes at the end.
  func append(_ bytes: UnsafeRawBufferPointer) throws(CheckpointError) {
    var done = 0
    while done < bytes.count {
      guard let base = bytes.baseAddress else { return }
      let written = unsafe Glibc.write(descriptor, base + done, bytes.count - done)
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { throw failure() }
      done += written
    }
  }

  /// Makes the file durable and gives it its name, replacing what had it.
  func commit() throws(CheckpointError) {
    guard fsync(descriptor) == 0 else { throw failure() }
    let closed = close(descriptor)
    descriptor = -1
    guard closed == 0, unsafe rename(draft, path) == 0 else { throw failure() }
    isCommitted = true
  }

  private func failure() -> CheckpointError {
    let reason = unsafe strerror(errno).map { unsafe String(cString: $0) } ?? "error \(errno)"
    return .unwritableFile(file: label, reason: reason)
  }
}
