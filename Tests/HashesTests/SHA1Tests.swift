import Testing

@testable import Hashes

/// NIST's examples for FIPS 180-4.
@Suite struct SHA1Tests {
  private static let digests = [
    "da39a3ee5e6b4b0d3255bfef95601890afd80709", "a9993e364706816aba3e25717850c26c9cd0d89d",
    "84983e441c3bd26ebaae4aa1f95129e5e54670f1", "a49b2446a02c645bf419f995b67091253a04a259",
    "34aa973cd4c4daa4f61eeb2bdbad27316534016f",
  ]

  @Test func `the published examples, whole and in pieces`() {
    for (message, digest) in zip(Vectors.messages, Self.digests) {
      let bytes = Vectors.bytes(message)
      #expect(Hexadecimal.text(SHA1.hash(data: bytes)) == digest)
      var hash = SHA1()
      hash.update(data: Array(bytes.prefix(70)))
      hash.update(data: Array(bytes.dropFirst(70)))
      #expect(Hexadecimal.text(hash.finalize()) == digest)
    }
  }
}
