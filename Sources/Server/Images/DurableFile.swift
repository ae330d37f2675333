import Glibc
import Hashes
import JobQueue

/// Files that are there whole or not at all, whatever happens to the machine.
enum DurableFile {
  /// Writes `bytes` as `folder/name` and returns when they survive a loss of power.
  ///
  /// A temporary file in the same folder is written and synced, then renamed, then the folder is
  /// synced: readers see the old state or the new one. Blocks; call it on a file thread.
  ///
  /// - Parameters:
  ///   - synced: reached before the file has its name.
  ///   - renamed: reached before the folder is synced.
  static func write(
    _ bytes: [UInt8], folder: String, name: String, synced: Failpoint? = nil, renamed: Failpoint? = nil
  ) throws(ImageStoreError) {
    try replace(folder, name, renamed: renamed) { descriptor throws(ImageStoreError) in
      try writeAll(bytes, to: descriptor)
      guard fsync(descriptor) == 0 else { throw failure("fsync") }
      synced?.reach()
    }
  }

  /// Copies a file to `path` as `write` would; returns its size in bytes.
  static func copy(_ source: String, to path: String) throws(ImageStoreError) -> Int {
    let input = unsafe open(source, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard input >= 0 else { throw failure("open") }
    defer { close(input) }
    let (folder, name) = split(path)
    var total = 0
    try replace(folder, name) { output throws(ImageStoreError) in
      while true {
        let count = sendfile(output, input, nil, 1 << 24)
        guard count >= 0 else { throw failure("copy") }
        if count == 0 { break }
        total += count
      }
      guard fsync(output) == 0 else { throw failure("fsync") }
    }
    return total
  }

  /// Makes a private temporary file in the folder, lets `fill` write and sync it, gives it its name and syncs the
  /// folder; nothing stays of it when any of that fails.
  private static func replace(
    _ folder: String, _ name: String, renamed: Failpoint? = nil,
    fill: (Int32) throws(ImageStoreError) -> Void
  ) throws(ImageStoreError) {
    let temporary = folder + "/" + temporaryName()
    let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw failure("create") }
    do throws(ImageStoreError) { try fill(descriptor) } catch {
      close(descriptor)
      unsafe unlink(temporary)
      throw error
    }
    // On some file systems the space runs out only here.
    guard close(descriptor) == 0, unsafe rename(temporary, folder + "/" + name) == 0 else {
      let error = failure("rename")
      unsafe unlink(temporary)
      throw error
    }
    renamed?.reach()
    try syncFolder(folder)
  }

  /// A path's folder and name.
  static func split(_ path: String) -> (folder: String, name: String) {
    guard let slash = path.lastIndex(of: "/") else { return (".", path) }
    let folder = slash == path.startIndex ? "/" : String(path[..<slash])
    return (folder, String(path[path.index(after: slash)...]))
  }

  /// A path, or the nearest folder above it that exists.
  static func nearestExisting(_ path: String) -> String {
    var place = path
    while unsafe access(place, F_OK) != 0, place != "/", place != "." { place = split(place).folder }
    return place
  }

  /// Makes `path` a folder only its owner can enter; no error when it is one already.
  static func makeFolder(_ path: String) throws(ImageStoreError) {
    guard unsafe mkdir(path, 0o700) == 0 || errno == EEXIST else { throw failure("mkdir") }
  }

  /// Makes the entries of a folder durable.
  static func syncFolder(_ path: String) throws(ImageStoreError) {
    let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure("open folder") }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw failure("fsync folder") }
  }

  /// Bytes of a regular file and when it last changed, in seconds since 1970; nil when it is none.
  static func status(_ path: String) -> (size: Int, changed: Int)? {
    var status = stat()
    guard unsafe lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return (Int(status.st_size), Int(status.st_mtim.tv_sec))
  }

  /// The names in a folder, without `.` and `..`; empty when it cannot be read.
  static func names(in path: String) -> [String] {
    guard let folder = unsafe opendir(path) else { return [] }
    defer { unsafe closedir(folder) }
    var names: [String] = []
    while let entry = unsafe readdir(folder) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  /// The text of a small file, at most 64 KiB; nil when it cannot be read.
  static func text(of path: String) -> String? {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 64 * 1024)
    let count = unsafe bytes.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
    return count < 0 ? nil : String(decoding: bytes.prefix(count), as: UTF8.self)
  }

  /// What `errno` says about `operation`.
  static func failure(_ operation: String) -> ImageStoreError {
    errno == ENOSPC || errno == EDQUOT
      ? .full(operation: operation) : .failed(operation: operation, errno: errno)
  }

  /// Names of unfinished files begin with this.
  static let temporaryPrefix = ".tmp-"

  private static func temporaryName() -> String {
    temporaryPrefix + Hexadecimal.text((0..<12).map { _ in UInt8.random(in: .min ... .max) })
  }

  private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) throws(ImageStoreError) {
    var done = 0
    while done < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { buffer in
        unsafe Glibc.write(descriptor, buffer.baseAddress?.advanced(by: done), buffer.count - done)
      }
      if count < 0 {
        if errno == EINTR { continue }
        throw failure("write")
      }
      done += count
    }
  }
}
