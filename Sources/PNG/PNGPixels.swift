internal import CPNG

/// A PNG's pixels with transparency and colour profile, for pictures that people bring along.
public struct PNGPixels: Equatable, Sendable {
  /// Pixels in a row.
  public let width: Int
  /// Rows.
  public let height: Int
  /// Rows from the top; red, green, blue (not multiplied by alpha) and alpha of each pixel.
  public let rgba: [UInt8]
  /// The ICC profile; empty without one, or where the file says that it is sRGB.
  public let profile: [UInt8]

  /// Reads a PNG from anywhere: any colour type and depth, interlaced or not; 16 bits are rounded to 8.
  /// - Throws: `PNGError.tooLarge` before anything is allocated for pixels, `malformed`, `outOfMemory`.
  public init(decoding bytes: [UInt8], limits: PNGLimits = PNGLimits()) throws(PNGError) {
    try PNGChunks.check(bytes)
    var bounds = limits.bounds
    var result = unsafe cpng_result()
    let status = unsafe bytes.withUnsafeBufferPointer { buffer in
      unsafe cpng_read(buffer.baseAddress, buffer.count, 4, &bounds, &result)
    }
    defer { unsafe cpng_release(&result) }
    guard Int(status) == CPNG_OK else { throw unsafe PNGImage.error(status, result, limits) }
    unsafe width = Int(result.width)
    unsafe height = Int(result.height)
    rgba = unsafe Array(UnsafeBufferPointer(start: result.data, count: result.size))
    profile = unsafe Array(UnsafeBufferPointer(start: result.profile, count: result.profile_size))
  }
}
