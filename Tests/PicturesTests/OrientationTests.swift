import Pictures
import Testing

@Suite struct OrientationTests {
  /// A TIFF structure with one entry.
  private func exif(_ value: UInt8, little: Bool = true) -> [UInt8] {
    little
      ? [0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, value, 0, 0, 0, 0, 0, 0, 0]
      : [0x4D, 0x4D, 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, value, 0, 0, 0, 0, 0, 0]
  }

  @Test func `the orientation is read in both byte orders, and rubbish is upright`() {
    for orientation in Orientation.allCases {
      #expect(Orientation(exif: exif(UInt8(orientation.rawValue))) == orientation)
      #expect(Orientation(exif: exif(UInt8(orientation.rawValue), little: false)) == orientation)
    }
    #expect(Orientation(exif: exif(9)) == .upright)
    let whole = exif(6)
    for count in 0..<20 { #expect(Orientation(exif: whole.prefix(count)) == .upright) }
    var endless = whole
    (endless[4], endless[5], endless[6], endless[7]) = (255, 255, 255, 255)
    #expect(Orientation(exif: endless) == .upright)
  }

  /// The first row and the first column of the upright picture, by Exif's own table of what the stored 0th row and
  /// column are: 6 is "row 0 is the right side, column 0 the top".
  @Test func `pictures are turned as Exif says`() {
    func grey(_ values: [UInt8], _ width: Int) -> DecodedPicture {
      DecodedPicture(
        Picture(width: width, height: values.count / width, rgb: values.flatMap { [$0, $0, $0] }))
    }
    let stored = grey([1, 2, 3, 4, 5, 6], 3)
    let expected: [(Orientation, [UInt8], Int)] = [
      (.upright, [1, 2, 3, 4, 5, 6], 3), (.mirrored, [3, 2, 1, 6, 5, 4], 3),
      (.upsideDown, [6, 5, 4, 3, 2, 1], 3), (.flipped, [4, 5, 6, 1, 2, 3], 3),
      (.transposed, [1, 4, 2, 5, 3, 6], 2), (.turnedLeft, [4, 1, 5, 2, 6, 3], 2),
      (.transversed, [6, 3, 5, 2, 4, 1], 2), (.turnedRight, [3, 6, 2, 5, 1, 4], 2),
    ]
    for (orientation, values, width) in expected {
      #expect(stored.turned(orientation) == grey(values, width), "\(orientation)")
    }
  }
}
