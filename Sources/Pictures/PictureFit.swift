/// How a picture is brought to another shape; A1111's resize modes 0, 1 and 2.
public enum PictureFit: Sendable {
  /// Stretched.
  case stretch
  /// Enlarged or reduced to cover the shape, its middle kept.
  case crop
  /// Enlarged or reduced to fit into the shape, its edges repeated outwards.
  case fill

  /// Where a picture of a size goes in a shape: its new size, and the place of its left upper corner.
  func place(
    _ from: (width: Int, height: Int), in to: (width: Int, height: Int)
  ) -> (width: Int, height: Int, left: Int, top: Int) {
    if self == .stretch { return (to.width, to.height, 0, 0) }
    let isWider = to.width * from.height > from.width * to.height
    // Cropping makes both sides at least as long as wanted, filling at most.
    let followsWidth = (self == .crop) == isWider
    let width = followsWidth ? to.width : max(from.width * to.height / from.height, 1)
    let height = followsWidth ? max(from.height * to.width / from.width, 1) : to.height
    return (width, height, to.width / 2 - width / 2, to.height / 2 - height / 2)
  }
}

extension Picture {
  /// The picture in a shape, by Lanczos' kernel.
  public func fitted(width: Int, height: Int, _ fit: PictureFit) -> Picture {
    let place = fit.place((self.width, self.height), in: (width, height))
    let sized = resized(width: place.width, height: place.height)
    switch fit {
    case .stretch: return sized
    case .crop:
      return sized.cropped(
        PixelBox(
          left: -place.left, top: -place.top, right: width - place.left, bottom: height - place.top))
    case .fill:
      return sized.extended(
        left: place.left, top: place.top, right: width - place.left - place.width,
        bottom: height - place.top - place.height)
    }
  }
}

extension Mask {
  /// The mask in a shape, where a picture of the same size would go; what is added around it is not masked.
  public func fitted(width: Int, height: Int, _ fit: PictureFit) -> Mask {
    let place = fit.place((self.width, self.height), in: (width, height))
    let sized = resized(width: place.width, height: place.height)
    if fit == .stretch { return sized }
    var result = Mask(width: width, height: height, filledWith: 0)
    for y in 0..<height where (0..<place.height).contains(y - place.top) {
      for x in 0..<width where (0..<place.width).contains(x - place.left) {
        result.values[y * width + x] = sized.values[(y - place.top) * place.width + x - place.left]
      }
    }
    return result
  }
}
