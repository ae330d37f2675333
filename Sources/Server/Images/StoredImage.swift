/// A stored file, ready to be sent.
public struct StoredImage: Hashable, Sendable {
  /// The server's own path, for `sendfile`; never shown to clients.
  public var path: String
  /// Bytes in the file.
  public var size: Int

  /// Names a stored file.
  public init(path: String, size: Int) {
    self.path = path
    self.size = size
  }
}
