import Hashes

/// SHA-256 of files.
public enum FileHash {
  /// The hash of files one after the other, in lower-case hexadecimal; errors name them by their labels.
  ///
  /// Reads every byte and gives the pages back behind itself.
  public static func sha256(of files: [(path: String, label: String)]) throws(CheckpointError) -> String {
    var hash = SHA256()
    for file in files {
      let bytes = try FileBytes.map(path: file.path, label: file.label)
      unsafe bytes.forEachPiece { piece in unsafe hash.update(bufferPointer: piece) }
    }
    return Hexadecimal.text(hash.finalize())
  }

  /// The hash of a file, and if it is a safetensors file of what stands behind its header: the tensors alone.
  public static func sha256(
    path: String, label: String
  ) throws(CheckpointError) -> (whole: String, tensors: String?) {
    let bytes = try FileBytes.map(path: path, label: label)
    let length = try? SafetensorsHeader.length(
      bytes.copy(0..<min(8, bytes.count)), fileSize: bytes.count, file: label)
    let start = length.map { $0 + 8 } ?? bytes.count
    var (whole, tensors) = (SHA256(), SHA256())
    var place = 0
    unsafe bytes.forEachPiece { piece in
      unsafe whole.update(bufferPointer: piece)
      let skipped = min(max(start - place, 0), piece.count)
      if skipped < piece.count {
        unsafe tensors.update(bufferPointer: UnsafeRawBufferPointer(rebasing: piece[skipped...]))
      }
      place += piece.count
    }
    return (
      Hexadecimal.text(whole.finalize()), length == nil ? nil : Hexadecimal.text(tensors.finalize())
    )
  }

  /// The hash of a file's bytes that are in memory, in lower-case hexadecimal.
  public static func sha256(_ bytes: [UInt8]) -> String { SHA256.text(of: bytes) }
}
