@testable import Hashes

/// Messages of the published examples.
enum Vectors {
  /// NIST's examples for FIPS 180-4: one block, two, three; and a message longer than any buffer.
  static let messages = [
    "", "abc", "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
    "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
    String(repeating: "a", count: 1_000_000),
  ]

  static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
}
