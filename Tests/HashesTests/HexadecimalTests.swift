import Testing

@testable import Hashes

@Suite struct HexadecimalTests {
  @Test func `two digits a byte`() {
    #expect(Hexadecimal.text([0x00, 0x0F, 0xA0, 0x9A, 0xFF]) == "000fa09aff" && Hexadecimal.text([]) == "")
  }
}
