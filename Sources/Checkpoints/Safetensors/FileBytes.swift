import Glibc

/// The bytes of a whole file, mapped read-only, or a copy of bytes in memory.
///
/// One owner; unmapped or freed when it goes away. `@unchecked Sendable` because the bytes are never written
/// after `init`. A file that another program shortens while it is mapped ends the process (SIGBUS), as with
/// every program that maps files: model folders are the administrator's, not a stranger's.
@safe final class FileBytes: @unchecked Sendable {
  /// The name used in errors, relative to the model's folder.
  let label: String
  /// How many bytes there are.
  let count: Int
  private let base: UnsafeMutableRawPointer?
  private let isMapped: Bool

  private init(label: String, count: Int, base: UnsafeMutableRawPointer?, isMapped: Bool) {
    self.label = label
    self.count = count
    unsafe self.base = unsafe base
    self.isMapped = isMapped
  }

  /// Copies bytes that are in memory already.
  convenience init(copying bytes: [UInt8], label: String) {
    let base = UnsafeMutableRawPointer.allocate(byteCount: max(bytes.count, 1), alignment: 64)
    unsafe bytes.withUnsafeBytes { source in
      unsafe UnsafeMutableRawBufferPointer(start: base, count: source.count).copyMemory(from: source)
    }
    unsafe self.init(label: label, count: bytes.count, base: base, isMapped: false)
  }

  /// Maps the regular file at `path`.
  static func map(path: String, label: String) throws(CheckpointError) -> FileBytes {
    // O_NONBLOCK: opening a pipe must not hang.
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      if errno == ENOENT || errno == ENOTDIR { throw .missingFile(expected: [label]) }
      throw .unreadableFile(file: label, reason: systemError())
    }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else {
      throw .unreadableFile(file: label, reason: systemError())
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw .unreadableFile(file: label, reason: "expected a regular file")
    }
    let count = Int(status.st_size)
    guard count > 0 else { return unsafe FileBytes(label: label, count: 0, base: nil, isMapped: false) }
    let base = unsafe mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0)
    guard let base = unsafe base, unsafe base != MAP_FAILED else {
      throw .unreadableFile(file: label, reason: systemError())
    }
    return unsafe FileBytes(label: label, count: count, base: base, isMapped: true)
  }

  deinit {
    if isMapped, let base = unsafe base {
      unsafe munmap(base, count)
    } else {
      unsafe base?.deallocate()
    }
  }

  /// Lends a range of the bytes, which must lie within the file.
  func withUnsafeBytes<Result, Failure: Error>(
    _ range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "range outside the file")
    let whole = unsafe UnsafeRawBufferPointer(start: base, count: count)
    return unsafe try body(UnsafeRawBufferPointer(rebasing: whole[range]))
  }

  /// A copy of a range of the bytes, which must lie within the file.
  func copy(_ range: Range<Int>) -> [UInt8] {
    unsafe withUnsafeBytes(range) { bytes in unsafe [UInt8](bytes) }
  }

  /// Tells the kernel that a range is not needed for now; it is read from the file again when it is.
  func releasePages(_ range: Range<Int>) {
    guard isMapped, let base = unsafe base else { return }
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    // Only whole pages: a neighbour may still be in use.
    let lower = (range.lowerBound + page - 1) / page * page
    let upper = range.upperBound / page * page
    guard lower < upper else { return }
    unsafe madvise(base + lower, upper - lower, MADV_DONTNEED)
  }

  /// Feeds everything to `body` in pieces of at most one mebibyte, giving pages back behind itself.
  func forEachPiece(_ body: (UnsafeRawBufferPointer) -> Void) {
    var start = 0
    while start < count {
      let piece = start..<min(start + 1 << 20, count)
      unsafe withUnsafeBytes(piece) { buffer in unsafe body(buffer) }
      releasePages(piece)
      start = piece.upperBound
    }
  }

  private static func systemError() -> String {
    guard let text = unsafe strerror(errno) else { return "error \(errno)" }
    return unsafe String(cString: text)
  }
}
