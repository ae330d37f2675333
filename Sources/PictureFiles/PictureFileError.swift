/// Why a picture file was refused.
public enum PictureFileError: Error, Equatable, Sendable {
  /// Neither PNG nor JPEG nor WebP.
  case unknownKind
  /// The file is damaged; the text is the library's own.
  case malformed(kind: String, reason: String)
  /// More pixels than allowed; found in the header.
  case tooLarge(width: Int, height: Int, maxSide: Int, maxPixels: Int)
  /// A moving picture.
  case animated
  /// No memory for the pixels.
  case outOfMemory
}

extension PictureFileError: CustomStringConvertible {
  /// What was expected and what was found.
  public var description: String {
    switch self {
    case .unknownKind: "expected a PNG, JPEG or WebP picture"
    case .malformed(let kind, let reason): "the \(kind) picture cannot be read: \(reason)"
    case .tooLarge(let width, let height, let side, let pixels):
      "expected sides of at most \(side) and \(pixels) pixels; got \(width)x\(height)"
    case .animated: "expected a still picture; this one moves"
    case .outOfMemory: "there is no memory for the picture"
    }
  }
}
