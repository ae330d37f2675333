import Pictures
import Testing

@Suite struct ResamplingTests {
  private let grid = Picture(
    width: 3, height: 2, rgb: (0..<6).flatMap { [UInt8($0 * 10), UInt8($0), UInt8(255 - $0)] })

  @Test(arguments: ResampleFilter.allCases)
  func `one colour stays that colour in any size`(filter: ResampleFilter) {
    let plain = Picture(width: 7, height: 5, rgb: [UInt8](repeating: 77, count: 105))
    for (width, height) in [(1, 1), (14, 10), (3, 9), (7, 5)] {
      let other = plain.resized(width: width, height: height, filter)
      #expect(other.rgb == [UInt8](repeating: 77, count: width * height * 3))
    }
  }

  @Test func `reducing takes every pixel's share, enlarging keeps the corners`() {
    let steps = Picture(width: 4, height: 1, rgb: [0, 0, 0, 100, 100, 100, 200, 200, 200, 100, 100, 100])
    #expect(steps.resized(width: 2, height: 1, .box).rgb == [50, 50, 50, 150, 150, 150])
    #expect(steps.resized(width: 8, height: 1, .nearest).rgb[3] == 0)
    #expect(grid.resized(width: 3, height: 2) == grid)
  }

  @Test func `cropping keeps the middle, filling keeps all of it and repeats its edges`() {
    let wide = Picture(width: 4, height: 2, rgb: (0..<8).flatMap { [UInt8](repeating: UInt8($0), count: 3) })
    let cropped = wide.fitted(width: 2, height: 2, .crop)
    #expect(cropped.rgb == [1, 2, 5, 6].flatMap { [UInt8](repeating: $0, count: 3) })
    let filled = wide.fitted(width: 4, height: 6, .fill)
    #expect(filled.rgb.prefix(12) == wide.rgb.prefix(12))
    #expect(filled.rgb.suffix(12) == wide.rgb.suffix(12))
    #expect(filled.cropped(PixelBox(left: 0, top: 2, right: 4, bottom: 4)) == wide)
    let mask = Mask(width: 4, height: 2, filledWith: 255).fitted(width: 4, height: 6, .fill)
    #expect(mask.bounds == PixelBox(left: 0, top: 2, right: 4, bottom: 4))
  }

  @Test func `a blurred mask ends where its kernel ends, and covering is exact outside`() {
    var mask = Mask(width: 41, height: 41, filledWith: 0)
    mask.values[20 * 41 + 20] = 255
    for y in 15..<26 { for x in 15..<26 { mask.values[y * 41 + x] = 255 } }
    let blurred = mask.blurred(sigma: 2)
    #expect(blurred.bounds == PixelBox(left: 10, top: 10, right: 31, bottom: 31))
    #expect(blurred.values[20 * 41 + 20] > 250)
    let (black, white) = (
      Picture(width: 41, height: 41, rgb: [UInt8](repeating: 3, count: 41 * 41 * 3)),
      Picture(width: 41, height: 41, rgb: [UInt8](repeating: 250, count: 41 * 41 * 3))
    )
    let covered = black.covered(by: white, where: blurred)
    for pixel in 0..<41 * 41 where blurred.values[pixel] == 0 { #expect(covered.rgb[pixel * 3] == 3) }
    #expect(covered.rgb[(20 * 41 + 20) * 3] > 240)
  }

  @Test func `filling takes the colours around and leaves the rest alone`() {
    var rgb = [UInt8](repeating: 200, count: 32 * 32 * 3)
    var mask = Mask(width: 32, height: 32, filledWith: 0)
    for y in 8..<24 {
      for x in 8..<24 {
        mask.values[y * 32 + x] = 255
        for channel in 0..<3 { rgb[(y * 32 + x) * 3 + channel] = 0 }
      }
    }
    let filled = Picture(width: 32, height: 32, rgb: rgb).filled(where: mask)
    #expect(filled.rgb.allSatisfy { abs(Int($0) - 200) <= 2 })
  }
}
