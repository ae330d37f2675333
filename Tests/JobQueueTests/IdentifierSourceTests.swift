import Testing

@testable import JobQueue

@Suite struct IdentifierSourceTests {
  @Test(arguments: [
    (UInt64(0), UInt64(0), "AAAAAAAAAAAAAAAAAAAAAA"), (.max, .max, "_____________________w"),
    // python3: base64.urlsafe_b64encode(bytes(range(16)))
    (0x0001_0203_0405_0607, 0x0809_0A0B_0C0D_0E0F, "AAECAwQFBgcICQoLDA0ODw"),
  ])
  func `a name is base64url of 128 bits`(high: UInt64, low: UInt64, name: String) {
    #expect(IdentifierSource { (high, low) }.next() == name)
  }

  @Test func `names differ`() {
    let names = (0..<1000).map { _ in IdentifierSource.random.next() }
    #expect(Set(names).count == 1000)
    #expect(names.allSatisfy { $0.utf8.count == 22 })
  }
}
