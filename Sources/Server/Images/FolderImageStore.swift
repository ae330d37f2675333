import FoundationEssentials
import Glibc
import Hashes
import JobQueue
public import Sockets

/// Pictures as files `ab/<sha256>.png` below one folder, small versions as `ab/<sha256>.thumb.png`.
///
/// What writes runs on the store's own thread, one after the other, because syncing a file blocks; looking for a
/// file waits for none of that. Every
/// path is made of the folder and 64 checked hexadecimal digits; no text of a client becomes a path.
public actor FolderImageStore: ImageStore {
  private let root: String
  private let thread: ThreadExecutor
  private var madeFolders: Set<String> = []

  /// The store's thread.
  public nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe thread.asUnownedSerialExecutor() }

  /// Opens or makes the folder `root`.
  public init(root: String, thread: ThreadExecutor) throws {
    self.root = root
    self.thread = thread
    try DurableFile.makeFolder(root)
  }

  /// Stores a picture; see `ImageStore`.
  public func store(_ bytes: [UInt8]) throws(ImageStoreError) -> String {
    let sha256 = SHA256.text(of: bytes)
    try DurableFile.write(
      bytes, folder: try folder(sha256), name: sha256 + Self.suffix(.full), synced: .fileSynced,
      renamed: .fileRenamed)
    return sha256
  }

  /// Stores a small version; see `ImageStore`.
  public func storeThumbnail(_ bytes: [UInt8], of sha256: String) throws(ImageStoreError) {
    try DurableFile.write(bytes, folder: try folder(sha256), name: sha256 + Self.suffix(.thumbnail))
  }

  /// Looks for a file; see `ImageStore`.
  public nonisolated func find(_ sha256: String, _ variant: ImageVariant) throws(ImageStoreError)
    -> StoredImage?
  {
    guard Self.isName(sha256) else { throw .malformedName }
    let path = "\(root)/\(sha256.prefix(2))/\(sha256)\(Self.suffix(variant))"
    return DurableFile.status(path).map { StoredImage(path: path, size: $0.size) }
  }

  /// Reads a picture; see `ImageStore`.
  public func read(_ sha256: String) throws(ImageStoreError) -> [UInt8]? {
    guard let file = try find(sha256, .full) else { return nil }
    return FileManager.default.contents(atPath: file.path).map { Array($0) }
  }

  /// Removes orphans; see `ImageStore`.
  public func sweep(
    olderThan age: Duration, keeping kept: @Sendable ([String]) async throws -> Set<String>
  ) async throws -> Int {
    var removed = 0
    for folder in DurableFile.names(in: root).sorted() where folder.utf8.count == 2 {
      let path = root + "/" + folder
      let old = DurableFile.names(in: path).filter { isOld("\(path)/\($0)", age) }
      let names = Array(Set(old.map { String($0.prefix(64)) }.filter(Self.isName)))
      let keep = names.isEmpty ? [] : try await kept(names)
      // Asked again: while the rows were read, a job may have stored the same bytes anew.
      for name in old where !keep.contains(String(name.prefix(64))) && isOld("\(path)/\(name)", age) {
        if unsafe unlink("\(path)/\(name)") == 0 { removed += 1 }
      }
    }
    return removed
  }

  /// Free space; see `ImageStore`.
  public nonisolated func freeBytes() throws(ImageStoreError) -> Int {
    var status = statvfs()
    guard unsafe statvfs(root, &status) == 0 else { throw DurableFile.failure("statvfs") }
    let (bytes, overflow) = UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize))
    return overflow ? Int.max : Int(clamping: bytes)
  }

  private func folder(_ sha256: String) throws(ImageStoreError) -> String {
    guard Self.isName(sha256) else { throw .malformedName }
    let folder = "\(root)/\(sha256.prefix(2))"
    if madeFolders.insert(folder).inserted {
      do throws(ImageStoreError) {
        try DurableFile.makeFolder(folder)
        try DurableFile.syncFolder(root)
      } catch {
        madeFolders.remove(folder)
        throw error
      }
    }
    return folder
  }

  private func isOld(_ path: String, _ age: Duration) -> Bool {
    guard let changed = DurableFile.status(path)?.changed else { return false }
    return time(nil) - changed > Int(age.components.seconds)
  }

  private static func suffix(_ variant: ImageVariant) -> String {
    switch variant {
    case .full: ".png"
    case .thumbnail: ".thumb.png"
    }
  }

  private static func isName(_ text: String) -> Bool {
    text.utf8.count == 64
      && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
  }
}
