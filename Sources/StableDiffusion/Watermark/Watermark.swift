public import Generation

/// A text hidden in a picture's colours, as CompVis' scripts hide `StableDiffusionV1`, found again after PNG and after
/// JPEG of quality 80.
///
/// It is said twice, bit after bit, block after block of 8×8 pixels, again and again to the picture's end. Once as in
/// method `dwtDct` of the library invisible-watermark, so that its readers find it: the U channel's 2×2 averages (the
/// LL band of one Haar step) make blocks of 4×4, and in each the largest value but the first says one bit by its
/// remainder. JPEG takes that away; so the mean of each block says the same bit too. See `MarkLayer`.
public struct Watermark: Equatable, Sendable {
  /// The text, printable ASCII.
  public let text: String

  /// Checks a text.
  /// - Throws: `UserError` `unusable_watermark`.
  public init(_ text: String) throws(UserError) {
    try Limits.checkWatermark(text)
    self.text = text
  }

  /// The text's bits, each byte's highest first.
  var bits: [Bool] { text.utf8.flatMap { byte in (0..<8).map { byte & (0x80 >> $0) != 0 } } }

  /// Whether a text may have the byte.
  static func isPrintable(_ byte: UInt8) -> Bool { (0x20...0x7E).contains(byte) }
}
