import Testing

@testable import Hashes

/// The test vectors of RFC 7914 section 12, but the last, which takes a gibibyte.
@Suite struct ScryptTests {
  @Test(arguments: [
    (
      "", "", 16, 1, 1,
      "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906"
    ),
    (
      "password", "NaCl", 1024, 8, 16,
      "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640"
    ),
    (
      "pleaseletmein", "SodiumChloride", 16_384, 8, 1,
      "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887"
    ),
  ])
  func `the published examples`(
    password: String, salt: String, rounds: Int, blockSize: Int, parallelism: Int, key: String
  ) throws {
    let found = try Scrypt.deriveKey(
      from: Vectors.bytes(password), salt: Vectors.bytes(salt), byteCount: 64, rounds: rounds,
      blockSize: blockSize, parallelism: parallelism)
    #expect(Hexadecimal.text(found) == key)
  }

  @Test(arguments: [
    (3, 8, 1, 32), (0, 8, 1, 32), (16, 0, 1, 32), (16, 8, -1, 32), (16, 8, 1, 0), (1, 8, 1, 32),
  ])
  func `what scrypt does not have is an error`(rounds: Int, blockSize: Int, parallelism: Int, count: Int) {
    let error = #expect(throws: ScryptError.self) {
      try Scrypt.deriveKey(
        from: [1], salt: [2], byteCount: count, rounds: rounds, blockSize: blockSize,
        parallelism: parallelism)
    }
    #expect(error?.reason.isEmpty == false)
  }

  @Test func `memory that nobody has is an error with the library's words`() {
    let error = #expect(throws: ScryptError.self) {
      try Scrypt.deriveKey(
        from: [1], salt: [2], byteCount: 32, rounds: 1 << 50, blockSize: 8, parallelism: 1)
    }
    #expect(error?.reason.contains("error:") == true)
  }
}
