internal import CJPEG
internal import CWebP
public import PNG
public import Pictures

/// Reads the pictures people bring: PNG, JPEG and WebP, by what is in them, never by their names.
///
/// What is read is upright (Exif) and in sRGB: a profile of a matrix and curves is converted, another kind is
/// left out of account, as are a PNG's gAMA and cHRM. CMYK is multiplied out without its profile.
public enum PictureFile {
  /// Reads a file.
  /// - Throws: `PictureFileError`; `tooLarge` before anything is allocated for pixels.
  public static func decode(
    _ bytes: [UInt8], limits: PNGLimits = PNGLimits()
  ) throws(PictureFileError) -> DecodedPicture {
    switch PictureKind(bytes) {
    case .png: return try png(bytes, limits)
    case .jpeg: return try jpeg(bytes, limits)
    case .webp: return try webp(bytes, limits)
    case nil: throw .unknownKind
    }
  }

  private static func png(
    _ bytes: [UInt8], _ limits: PNGLimits
  ) throws(PictureFileError) -> DecodedPicture {
    let pixels: PNGPixels
    do { pixels = try PNGPixels(decoding: bytes, limits: limits) } catch {
      switch error {
      case .tooLarge(let width, let height, let side, let area):
        throw .tooLarge(width: width, height: height, maxSide: side, maxPixels: area)
      case .outOfMemory: throw .outOfMemory
      default: throw .malformed(kind: "PNG", reason: "\(error)")
      }
    }
    return DecodedPicture(
      width: pixels.width, height: pixels.height, rgba: inSRGB(pixels.rgba, 4, pixels.profile))
  }

  private static func jpeg(
    _ bytes: [UInt8], _ limits: PNGLimits
  ) throws(PictureFileError) -> DecodedPicture {
    var bounds = cjpeg_limits(
      max_side: UInt32(clamping: limits.maxSide), max_pixels: UInt64(clamping: limits.maxPixels),
      max_scans: 200)
    var result = unsafe cjpeg_result()
    let status = unsafe bytes.withUnsafeBufferPointer { buffer in
      unsafe cjpeg_read(buffer.baseAddress, buffer.count, &bounds, &result)
    }
    defer { unsafe cjpeg_release(&result) }
    let (width, height) = unsafe (Int(result.width), Int(result.height))
    switch Int(status) {
    case CJPEG_OK: break
    case CJPEG_TOO_LARGE: throw tooLarge(width, height, limits)
    case CJPEG_OUT_OF_MEMORY: throw .outOfMemory
    default:
      let reason = unsafe withUnsafeBytes(of: result.reason) {
        unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      throw .malformed(kind: "JPEG", reason: reason)
    }
    let rgb = unsafe Array(UnsafeBufferPointer(start: result.data, count: result.size))
    let profile = unsafe Array(UnsafeBufferPointer(start: result.profile, count: result.profile_size))
    let exif = unsafe Array(UnsafeBufferPointer(start: result.exif, count: result.exif_size))
    return DecodedPicture(Picture(width: width, height: height, rgb: inSRGB(rgb, 3, profile)))
      .turned(Orientation(exif: exif))
  }

  private static func webp(
    _ bytes: [UInt8], _ limits: PNGLimits
  ) throws(PictureFileError) -> DecodedPicture {
    var bounds = cwebp_limits(
      max_side: UInt32(clamping: limits.maxSide), max_pixels: UInt64(clamping: limits.maxPixels))
    var result = unsafe cwebp_result()
    let status = unsafe bytes.withUnsafeBufferPointer { buffer in
      unsafe cwebp_read(buffer.baseAddress, buffer.count, &bounds, &result)
    }
    defer { unsafe cwebp_release(&result) }
    let (width, height) = unsafe (Int(result.width), Int(result.height))
    switch Int(status) {
    case CWEBP_OK: break
    case CWEBP_TOO_LARGE: throw tooLarge(width, height, limits)
    case CWEBP_OUT_OF_MEMORY: throw .outOfMemory
    case CWEBP_ANIMATED: throw .animated
    default: throw .malformed(kind: "WebP", reason: "it is damaged or ends too early")
    }
    let rgba = unsafe Array(UnsafeBufferPointer(start: result.data, count: result.size))
    let chunks = RIFFChunks(bytes)
    return DecodedPicture(width: width, height: height, rgba: inSRGB(rgba, 4, chunks["ICCP"]))
      .turned(Orientation(exif: chunks.exif))
  }

  private static func tooLarge(_ width: Int, _ height: Int, _ limits: PNGLimits) -> PictureFileError {
    .tooLarge(width: width, height: height, maxSide: limits.maxSide, maxPixels: limits.maxPixels)
  }

  private static func inSRGB(_ bytes: [UInt8], _ channels: Int, _ profile: [UInt8]) -> [UInt8] {
    guard let profile = ColourProfile(profile), !profile.isSRGB else { return bytes }
    return profile.converted(bytes, channels: channels)
  }
}
