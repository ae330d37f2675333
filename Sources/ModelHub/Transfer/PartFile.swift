import FoundationEssentials
import Glibc

/// The beginning of a file that is being fetched, `NAME.part`, and what it is the beginning of, `NAME.part.json`.
///
/// Locked while it is open: two downloads of one file would mix their bytes. Left where it is when a download
/// stops, so that the next one goes on; only a wrong hash removes it.
@safe final class PartFile {
  /// What is written down about the file the bytes are of.
  struct Origin: Codable, Equatable {
    var address: String
    /// The strong entity tag of the answer, if it had one.
    var tag: String?
    var size: Int?
  }

  /// Bytes there are.
  private(set) var count: Int
  /// What they are of; nil for a new file.
  private(set) var origin: Origin?
  private let target: String
  private let label: String
  private let descriptor: Int32

  private var path: String { target + ".part" }
  private var note: String { target + ".part.json" }

  /// Opens or makes the part of the file at `target`; its folder must exist.
  init(target: String, label: String) throws(HubError) {
    self.target = target
    self.label = label
    descriptor = unsafe open(target + ".part", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644)
    guard descriptor >= 0 else { throw .file(name: label, reason: Self.systemError()) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      throw .file(name: label, reason: "is being fetched by another command")
    }
    count = Int(lseek(descriptor, 0, SEEK_END))
    let written = FileManager.default.contents(atPath: target + ".part.json")
    origin = written.flatMap { try? JSONDecoder().decode(Origin.self, from: $0) }
  }

  deinit { close(descriptor) }

  /// Forgets the bytes.
  func forget() throws(HubError) {
    guard ftruncate(descriptor, 0) == 0, lseek(descriptor, 0, SEEK_SET) == 0 else { throw failure() }
    (count, origin) = (0, nil)
  }

  /// Forgets the bytes and writes down what the next ones are of.
  func begin(_ origin: Origin) throws(HubError) {
    try forget()
    self.origin = origin
    do { try JSONEncoder().encode(origin).write(to: URL(filePath: note), options: .atomic) } catch {
      throw .file(name: label, reason: "its part cannot be noted: \(error)")
    }
  }

  /// Feeds the bytes there are to `body`, in pieces.
  func read(_ body: (UnsafeRawBufferPointer) -> Void) throws(HubError) {
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    var place = 0
    while place < count {
      let got = unsafe buffer.withUnsafeMutableBytes {
        unsafe pread(descriptor, $0.baseAddress, $0.count, place)
      }
      guard got > 0 else { throw failure() }
      unsafe buffer.withUnsafeBytes { bytes in unsafe body(UnsafeRawBufferPointer(rebasing: bytes[..<got])) }
      place += got
    }
    lseek(descriptor, count, SEEK_SET)
  }

  /// Writes bytes at the end.
  func append(_ bytes: UnsafeRawBufferPointer) throws(HubError) {
    var done = 0
    while done < bytes.count {
      guard let base = bytes.baseAddress else { return }
      let written = unsafe write(descriptor, base + done, bytes.count - done)
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { throw failure() }
      done += written
      count += written
    }
  }

  /// Makes the file durable and gives it its name.
  func finish() throws(HubError) {
    guard fsync(descriptor) == 0, unsafe rename(path, target) == 0 else { throw failure() }
    unsafe unlink(note)
  }

  /// Removes everything.
  func discard() {
    unsafe unlink(path)
    unsafe unlink(note)
  }

  /// Bytes that may be written where the file is; nil if the system does not say.
  var available: Int? {
    var status = statvfs()
    guard unsafe fstatvfs(descriptor, &status) == 0 else { return nil }
    return Int(
      clamping: UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize)).partialValue)
  }

  private func failure() -> HubError { .file(name: label, reason: Self.systemError()) }

  private static func systemError() -> String {
    guard let text = unsafe strerror(errno) else { return "error \(errno)" }
    return unsafe String(cString: text)
  }
}
