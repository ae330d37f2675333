/// The kinds of picture files people bring, by their first bytes, never by their names.
public enum PictureKind: Sendable {
  case png, jpeg, webp

  /// Looks at a file's beginning; nil for every other kind.
  ///
  /// - Parameter bytes: At least the first twelve, of a file that has them.
  public init?(_ bytes: some Collection<UInt8>) {
    if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]) {
      self = .png
    } else if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
      self = .jpeg
    } else if bytes.starts(with: Array("RIFF".utf8)), bytes.dropFirst(8).starts(with: Array("WEBP".utf8)) {
      self = .webp
    } else {
      return nil
    }
  }
}
