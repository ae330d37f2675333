public import Pictures

/// A picture on its way to a larger size, one part at a time, as an iterator: the caller owns the loop.
///
/// It is enlarged as often as it takes, at most three times, then brought to the size by Lanczos' kernel, as A1111 does.
/// Belongs to its upscaler's thread.
public struct Enlargement {
  /// Parts of all rounds.
  public let total: Int
  /// Parts that are done.
  public private(set) var done = 0

  private let upscaler: Upscaler
  private let tile: Int
  private let size: (width: Int, height: Int)
  /// What this round begins with, and how many rounds are to come, this one included.
  private var picture: Picture
  private var rounds: Int
  /// Parts of this round that are done, and its pixels.
  private var part = 0
  private var pixels: [UInt8] = []

  /// Begins.
  /// - Parameter tile: Pixels a side of each part; nil for 192.
  public init(_ picture: Picture, by upscaler: Upscaler, to size: (width: Int, height: Int), tile: Int? = nil)
  {
    (self.picture, self.upscaler, self.size) = (picture, upscaler, size)
    self.tile = tile ?? Upscaler.tile
    let from = (picture.width, picture.height)
    rounds = upscaler.rounds(from: from, to: size)
    total = upscaler.tileCount(from: from, to: size, tile: tile)
  }

  /// Enlarges the next part.
  /// - Returns: Whether there was one.
  /// - Throws: `TensorError`.
  public mutating func step() throws -> Bool {
    guard rounds > 0 else { return false }
    let (width, height, scale) = (picture.width, picture.height, upscaler.scale)
    if part == 0 { pixels = [UInt8](repeating: 0, count: width * height * scale * scale * 3) }
    let columns = (width + tile - 1) / tile
    let (left, top) = (part % columns * tile, part / columns * tile)
    let box = PixelBox(
      left: left, top: top, right: min(left + tile, width), bottom: min(top + tile, height))
    try upscaler.enlarge(picture, box, into: &pixels)
    (part, done) = (part + 1, done + 1)
    guard part == upscaler.tileCount(width: width, height: height, tile: tile) else { return true }
    picture = Picture(width: width * scale, height: height * scale, rgb: pixels)
    (rounds, part, pixels) = (rounds - 1, 0, [])
    return true
  }

  /// The enlarged picture, once there is no part left.
  public func finished() -> Picture { picture.resized(width: size.width, height: size.height) }
}
