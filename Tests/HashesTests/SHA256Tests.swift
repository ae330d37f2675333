import Testing

@testable import Hashes

/// NIST's examples for FIPS 180-4.
@Suite struct SHA256Tests {
  private static let digests = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
    "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1",
    "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
  ]

  @Test func `the published examples, whole and in pieces`() {
    for (message, digest) in zip(Vectors.messages, Self.digests) {
      let bytes = Vectors.bytes(message)
      #expect(Hexadecimal.text(SHA256.hash(data: bytes)) == digest)
      for size in [1, 63, 64, 65] where bytes.count < 10_000 * size {
        var hash = SHA256()
        for start in stride(from: 0, to: bytes.count, by: size) {
          hash.update(data: Array(bytes[start..<min(start + size, bytes.count)]))
        }
        #expect(Hexadecimal.text(hash.finalize()) == digest)
      }
    }
  }

  @Test func `a copy goes on by itself`() {
    var first = SHA256()
    first.update(data: Vectors.bytes("ab"))
    var second = first
    second.update(data: Vectors.bytes("d"))
    first.update(data: Vectors.bytes("c"))
    #expect(first.finalize() == SHA256.hash(data: Vectors.bytes("abc")))
    #expect(second.finalize() == SHA256.hash(data: Vectors.bytes("abd")))
  }

  @Test func `a digest may be asked for before the end`() {
    var hash = SHA256()
    hash.update(data: Vectors.bytes("abc"))
    #expect(hash.finalize() == SHA256.hash(data: Vectors.bytes("abc")))
    #expect(hash.finalize() == SHA256.hash(data: Vectors.bytes("abc")))
    hash.update(data: [])
    hash.update(data: Vectors.bytes("d"))
    #expect(hash.finalize() == SHA256.hash(data: Vectors.bytes("abcd")))
  }

  @Test func `threads share nothing`() async {
    let bytes = Vectors.bytes(String(repeating: Vectors.messages[3], count: 100))
    let expected = SHA256.hash(data: bytes)
    await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<4 {
        group.addTask { (0..<500).allSatisfy { _ in SHA256.hash(data: bytes) == expected } }
      }
      for await same in group { #expect(same) }
    }
  }
}
