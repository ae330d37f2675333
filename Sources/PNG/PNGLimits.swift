/// How large a PNG may be before it is refused, checked on its header.
public struct PNGLimits: Equatable, Sendable {
  /// Longest side in pixels.
  public var maxSide = 4096
  /// Most pixels.
  public var maxPixels = 16 << 20
  /// Most bytes of one text chunk after decompression.
  public var maxTextBytes = 1 << 20
  /// Most text chunks.
  public var maxTexts = 64

  /// The service's limits.
  public init() {}
}
