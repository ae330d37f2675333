/// A picture as somebody brought it: upright, in sRGB, with its transparency apart.
public struct DecodedPicture: Equatable, Sendable {
  /// The colours, transparency over white.
  public let picture: Picture
  /// The transparency, 255 is opaque; nil when all of it is opaque.
  public let alpha: Mask?

  /// A picture without transparency.
  public init(_ picture: Picture) {
    self.picture = picture
    alpha = nil
  }

  /// A picture of RGBA bytes, its colours not multiplied by alpha.
  public init(width: Int, height: Int, rgba: [UInt8]) {
    let count = width * height
    var rgb = [UInt8](repeating: 255, count: count * 3)
    var alpha = [UInt8](repeating: 255, count: count)
    for pixel in 0..<count {
      let share = Int(rgba[pixel * 4 + 3])
      alpha[pixel] = UInt8(share)
      for channel in 0..<3 {
        let colour = Int(rgba[pixel * 4 + channel])
        rgb[pixel * 3 + channel] = UInt8((colour * share + 255 * (255 - share) + 127) / 255)
      }
    }
    picture = Picture(width: width, height: height, rgb: rgb)
    self.alpha = alpha.contains { $0 != 255 } ? Mask(width: width, height: height, values: alpha) : nil
  }

  init(_ picture: Picture, alpha: Mask?) {
    self.picture = picture
    self.alpha = alpha
  }

  /// The picture as a mask, as A1111 reads one.
  ///
  /// Where it is transparent anywhere, what is opaque; else its brightness, ITU-R BT.601.
  public var mask: Mask {
    if let alpha {
      return Mask(width: alpha.width, height: alpha.height, values: alpha.values.map { $0 > 128 ? 255 : 0 })
    }
    let grey = (0..<picture.width * picture.height).map { pixel -> UInt8 in
      let rgb = picture.rgb[pixel * 3..<pixel * 3 + 3].map(Int.init)
      return UInt8((rgb[0] * 299 + rgb[1] * 587 + rgb[2] * 114 + 500) / 1000)
    }
    return Mask(width: picture.width, height: picture.height, values: grey)
  }

  /// The picture turned upright.
  public func turned(_ orientation: Orientation) -> DecodedPicture {
    if orientation == .upright { return self }
    let (width, height) = (picture.width, picture.height)
    let turned = orientation.apply(picture.rgb, channels: 3, width: width, height: height)
    let size = orientation.swapsSides ? (height, width) : (width, height)
    return DecodedPicture(
      Picture(width: size.0, height: size.1, rgb: turned),
      alpha: alpha.map {
        Mask(
          width: size.0, height: size.1,
          values: orientation.apply($0.values, channels: 1, width: width, height: height))
      })
  }
}
