import Foundation
import Testing

@testable import atelier

@Suite struct PixelFontTests {
  private static func points(_ text: String) -> [Int] {
    PixelFont.glyphs(text).map { $0.rows.reduce(0) { $0 + $1.nonzeroBitCount } }
  }

  @Test func `every printable sign of ASCII has points of its own, and a space none`() {
    let signs = (0x20...0x7E).map { String(Character(Unicode.Scalar(UInt8($0)))) }
    let glyphs = signs.map { PixelFont.glyphs($0)[0].rows }
    #expect(Set(glyphs).count == signs.count)
    #expect(glyphs[0].allSatisfy { $0 == 0 })
  }

  @Test(arguments: ["é", "à", "ê", "ô", "ñ", "ü", "É", "Ö", "ç", "Å", "š"])
  func `an accented letter is its letter with something more`(letter: String) {
    let plain = String(letter.decomposedStringWithCanonicalMapping.unicodeScalars.first!)
    let (own, base) = (PixelFont.glyphs(letter)[0].rows, PixelFont.glyphs(plain)[0].rows)
    #expect(zip(own, base).allSatisfy { $0 & $1 == $1 } && own != base)
  }

  @Test func `both spellings of an accented letter look the same`() {
    #expect(PixelFont.glyphs("e\u{301}") == PixelFont.glyphs("\u{E9}"))
  }

  @Test func `what has no points of its own is what is most like it, else a box`() {
    #expect(PixelFont.glyphs("œ…") == PixelFont.glyphs("oe..."))
    #expect(Self.points("東") == [20])
  }
}
