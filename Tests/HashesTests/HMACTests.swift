import Testing

@testable import Hashes

/// The test cases of RFC 4231 section 4.
@Suite struct HMACTests {
  private static let cases: [(key: [UInt8], message: [UInt8], code: String)] = [
    (
      Array(repeating: 0x0B, count: 20), Vectors.bytes("Hi There"),
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
    ),
    (
      Vectors.bytes("Jefe"), Vectors.bytes("what do ya want for nothing?"),
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    ),
    (
      Array(repeating: 0xAA, count: 20), Array(repeating: 0xDD, count: 50),
      "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
    ),
    (
      Array(1...25), Array(repeating: 0xCD, count: 50),
      "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"
    ),
    (
      Array(repeating: 0xAA, count: 131),
      Vectors.bytes("Test Using Larger Than Block-Size Key - Hash Key First"),
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
    ),
    (
      Array(repeating: 0xAA, count: 131),
      Vectors.bytes(
        "This is a test using a larger than block-size key and a larger than block-size data."
          + " The key needs to be hashed before being used by the HMAC algorithm."),
      "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
    ),
    // Not of the RFC: a key and a message without bytes, by Python's hmac.
    ([], [], "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"),
  ]

  @Test func `the published examples`() {
    for (key, message, code) in Self.cases {
      #expect(Hexadecimal.text(HMAC.authenticationCode(for: message, key: key)) == code)
    }
  }

  @Test func `only the whole right code is valid`() {
    let (key, message, _) = Self.cases[1]
    let code = HMAC.authenticationCode(for: message, key: key)
    #expect(HMAC.isValid(code, for: message, key: key))
    for place in code.indices {
      var wrong = code
      wrong[place] ^= 1
      #expect(!HMAC.isValid(wrong, for: message, key: key))
    }
    #expect(!HMAC.isValid(Array(code.dropLast()), for: message, key: key))
    #expect(!HMAC.isValid([], for: message, key: key))
    #expect(!HMAC.isValid(code, for: message, key: key + [1]))
  }
}
