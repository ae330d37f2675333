/// Files that are read whole.
public enum SmallFile {
  /// The bytes of the file at `path`; errors name it `label`.
  /// - Throws: `CheckpointError` if it is missing or over `ModelFolder.fileLimit`.
  public static func read(_ path: String, label: String) throws(CheckpointError) -> [UInt8] {
    let bytes = try FileBytes.map(path: path, label: label)
    guard bytes.count <= ModelFolder.fileLimit else {
      throw .fileTooLarge(file: label, limit: ModelFolder.fileLimit, found: bytes.count)
    }
    return bytes.copy(0..<bytes.count)
  }
}
