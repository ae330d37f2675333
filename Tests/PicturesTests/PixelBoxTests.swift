import Pictures
import Testing

@Suite struct PixelBoxTests {
  @Test func `a box grows by its padding and to the wanted shape, and stays inside`() {
    let box = PixelBox(left: 40, top: 40, right: 60, bottom: 50)
    #expect(
      box.expanded(by: 10, toShape: 64, 64, within: (200, 100))
        == PixelBox(left: 30, top: 25, right: 70, bottom: 65))
    // At an edge the box moves, and what does not fit is cut.
    let corner = PixelBox(left: 0, top: 90, right: 10, bottom: 100)
    let wide = corner.expanded(by: 0, toShape: 4, 1, within: (200, 100))
    #expect(wide == PixelBox(left: 0, top: 90, right: 40, bottom: 100))
    #expect(
      corner.expanded(by: 500, toShape: 1, 1, within: (200, 100))
        == PixelBox(left: 0, top: 0, right: 200, bottom: 100))
  }

  @Test func `a mask's bounds are around everything that is to change`() {
    var mask = Mask(width: 5, height: 4, filledWith: 0)
    #expect(mask.bounds == nil && mask.isBlank)
    mask.values[1 * 5 + 3] = 1
    mask.values[2 * 5 + 1] = 255
    #expect(mask.bounds == PixelBox(left: 1, top: 1, right: 4, bottom: 3))
  }
}
