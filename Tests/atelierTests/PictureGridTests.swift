import PNG
import Testing

@testable import atelier

@Suite struct PictureGridTests {
  static func picture(_ value: UInt8) throws -> PNGImage {
    try PNGImage(width: 2, height: 1, pixels: [UInt8](repeating: value, count: 6))
  }

  @Test func `pictures stand row by row with two black pixels between them`() throws {
    let grid = try #require(
      try PictureGrid.make([Self.picture(1), Self.picture(2), Self.picture(3)], columns: 2))
    #expect(grid.width == 10 && grid.height == 8)
    func value(_ x: Int, _ y: Int) -> UInt8 { grid.pixels[(y * 10 + x) * 3] }
    #expect([value(2, 2), value(3, 2), value(6, 2), value(2, 5)] == [1, 1, 2, 3])
    #expect([value(0, 0), value(4, 2), value(6, 5), value(9, 7)] == [0, 0, 0, 0])
  }

  @Test func `no pictures make no grid`() throws {
    #expect(try PictureGrid.make([], columns: 3) == nil)
    #expect(try PictureGrid.make([Self.picture(1)], columns: 0)?.width == 6)
  }
}
