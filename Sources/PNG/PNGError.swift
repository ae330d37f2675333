/// What can go wrong with a PNG.
public enum PNGError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The bytes are not a PNG that can be read; libpng's words.
  case malformed(reason: String)
  /// The picture is larger than allowed; nothing was allocated for it.
  case tooLarge(width: Int, height: Int, maxSide: Int, maxPixels: Int)
  /// The number of bytes is not width × height × 3.
  case wrongPixelCount(expected: Int, found: Int)
  /// A text's keyword is not 1 to 79 printable Latin-1 characters, or has spaces at an end or side by side.
  case invalidKeyword(String)
  /// The system has no memory for the picture.
  case outOfMemory

  /// What was expected and what was found.
  public var description: String {
    switch self {
    case .malformed(let reason):
      "not a readable PNG: \(reason)"
    case .tooLarge(let width, let height, let maxSide, let maxPixels):
      "the picture is \(width)x\(height), expected sides of at most \(maxSide) and at most \(maxPixels) pixels"
    case .wrongPixelCount(let expected, let found):
      "expected \(expected) bytes of pixels, found \(found)"
    case .invalidKeyword(let keyword):
      "expected a keyword of 1 to 79 printable Latin-1 characters, found one of \(keyword.unicodeScalars.count)"
    case .outOfMemory:
      "out of memory"
    }
  }
}
