import PNG
import Testing

@Suite struct ThumbnailTests {
  @Test(arguments: [
    (512, 512, 256, 256), (1024, 512, 256, 128), (300, 301, 255, 256), (2000, 3, 256, 1), (64, 64, 64, 64),
  ])
  func `the longest side becomes 256 and the shape stays`(
    width: Int, height: Int, newWidth: Int, newHeight: Int
  ) throws {
    let picture = try PNGImage(
      width: width, height: height, pixels: [UInt8](repeating: 90, count: width * height * 3))
    let small = picture.thumbnail()
    #expect(small.width == newWidth && small.height == newHeight)
    #expect(small.pixels.allSatisfy { $0 == 90 })
  }

  @Test func `a pixel is the mean of what it covers`() throws {
    let picture = try PNGImage(
      width: 4, height: 2,
      pixels: [
        0, 0, 0, 100, 100, 100, 10, 20, 30, 10, 20, 30,
        100, 100, 100, 200, 200, 200, 10, 20, 30, 10, 20, 30,
      ])
    #expect(picture.thumbnail(side: 2).pixels == [100, 100, 100, 10, 20, 30])
  }
}
