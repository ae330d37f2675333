internal import CLinux

/// An open file descriptor.
///
/// Exactly one object owns the number; it is closed when the last reference goes away, so a thread that
/// still uses the descriptor (a `sendfile` in another thread) can never meet a number given to somebody else.
public final class FileDescriptor: Sendable {
  /// The number the kernel knows it by.
  public let rawValue: Int32

  /// Takes ownership of an open descriptor.
  public init(owning rawValue: Int32) {
    self.rawValue = rawValue
  }

  deinit { clinux_close(rawValue) }

  /// Opens a regular file for reading.
  ///
  /// Blocks on the file system. Throws `SocketError.system`.
  public static func open(reading path: String) throws(SocketError) -> FileDescriptor {
    FileDescriptor(owning: try check(unsafe clinux_open_read(path), "open"))
  }

  /// Size in bytes and modification time in seconds since 1970 of an open regular file.
  ///
  /// Throws `SocketError.system` with EINVAL for anything but a regular file.
  public func status() throws(SocketError) -> FileStatus {
    var size: Int64 = 0
    var modified: Int64 = 0
    _ = try check(unsafe clinux_file_status(rawValue, &size, &modified), "fstat")
    return FileStatus(size: size, modifiedSeconds: modified)
  }
}

/// What is known about an open regular file.
public struct FileStatus: Equatable, Sendable {
  /// Size in bytes.
  public let size: Int64
  /// Modification time, seconds since 1970.
  public let modifiedSeconds: Int64
}
