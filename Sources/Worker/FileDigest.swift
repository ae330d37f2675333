import Crypto

/// What a file is known by, whatever it is called.
enum FileDigest {
  /// SHA-256 in lower-case hexadecimal.
  static func sha256(_ bytes: [UInt8]) -> String {
    String(
      SHA256.hash(data: bytes).flatMap { byte in
        [byte >> 4, byte & 15].map { Character(String($0, radix: 16)) }
      })
  }
}
