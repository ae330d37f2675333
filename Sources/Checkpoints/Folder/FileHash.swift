import Crypto

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
    return hash.finalize().map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }.joined()
  }
}
