import FoundationEssentials
import Glibc

extension SharedSecret {
  /// Reads the secret from a file only its owner may read.
  ///
  /// - Throws: `ProtocolError.secretFileTooOpen` when group or others have any right,
  ///   `.secretFileFailed`, `.malformedSecret`.
  public init(file path: String) throws(ProtocolError) {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { throw .secretFileFailed(operation: "open", errno: errno) }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else {
      throw .secretFileFailed(operation: "stat", errno: errno)
    }
    let mode = status.st_mode & 0o777
    guard mode & 0o077 == 0 else { throw .secretFileTooOpen(mode: mode) }
    // A secret and white space; a larger file is something else.
    var bytes = [UInt8](repeating: 0, count: 256)
    let count = unsafe bytes.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
    guard count >= 0 else { throw .secretFileFailed(operation: "read", errno: errno) }
    try self.init(hex: String(decoding: bytes.prefix(count), as: UTF8.self))
  }

  /// Writes a new file with mode 0600; an existing one is never replaced.
  ///
  /// - Throws: `ProtocolError.secretFileFailed`, with EEXIST when there is one.
  public func write(file path: String) throws(ProtocolError) {
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw .secretFileFailed(operation: "create", errno: errno) }
    defer { close(descriptor) }
    let bytes = Array((hex + "\n").utf8)
    let count = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
    guard count == bytes.count, fsync(descriptor) == 0 else {
      throw .secretFileFailed(operation: "write", errno: errno)
    }
  }

  /// Reads the file, or makes it with a new secret when there is none.
  ///
  /// - Throws: as `init(file:)` and `write(file:)`.
  public static func loadOrCreate(file path: String) throws(ProtocolError) -> SharedSecret {
    do { return try SharedSecret(file: path) } catch {
      guard case .secretFileFailed("open", ENOENT) = error else { throw error }
    }
    let secret = SharedSecret.random()
    try secret.write(file: path)
    return secret
  }
}
