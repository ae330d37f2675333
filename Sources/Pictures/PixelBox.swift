/// A rectangle of whole pixels: left and top are inside, right and bottom are not.
public struct PixelBox: Equatable, Sendable {
  /// The edges, in pixels from the picture's left and top.
  public var left, top, right, bottom: Int

  /// Makes a box.
  public init(left: Int, top: Int, right: Int, bottom: Int) {
    self.left = left
    self.top = top
    self.right = right
    self.bottom = bottom
  }

  /// Pixels in a row.
  public var width: Int { right - left }
  /// Rows.
  public var height: Int { bottom - top }

  /// The box with `margin` pixels more on each side, then stretched to the shape width : height as far as the
  /// picture goes, as A1111 does for "only masked".
  ///
  /// A box that would leave the picture is moved back into it; one that does not fit is cut.
  public func expanded(
    by margin: Int, toShape width: Int, _ height: Int, within picture: (width: Int, height: Int)
  ) -> PixelBox {
    var box = PixelBox(
      left: max(left - margin, 0), top: max(top - margin, 0), right: min(right + margin, picture.width),
      bottom: min(bottom + margin, picture.height))
    if box.width * height > width * box.height {
      let wanted = box.width * height / width
      (box.top, box.bottom) = Self.stretched(box.top, box.bottom, to: wanted, within: picture.height)
    } else {
      let wanted = box.height * width / height
      (box.left, box.right) = Self.stretched(box.left, box.right, to: wanted, within: picture.width)
    }
    return box
  }

  private static func stretched(_ low: Int, _ high: Int, to length: Int, within limit: Int) -> (Int, Int) {
    let more = max(length - (high - low), 0)
    var (low, high) = (low - more / 2, high + more - more / 2)
    if high > limit { (low, high) = (low - (high - limit), limit) }
    if low < 0 { (low, high) = (0, high - low) }
    return (low, min(high, limit))
  }
}
