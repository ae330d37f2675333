import Generation

/// Why an uploaded picture is not taken.
enum PictureError: Error, Hashable, Sendable {
  /// Neither PNG nor JPEG nor WebP.
  case unknownKind
  /// The header cannot be right.
  case damaged(PictureHeader.Kind, String)
  /// More pixels than allowed.
  case tooLarge(width: Int, height: Int)

  /// The refusal for the client.
  var apiError: APIError {
    switch self {
    case .unknownKind:
      return APIError(
        status: 415,
        error: .init(code: "unsupported_picture", message: "expected a PNG, JPEG or WebP picture"))
    case .damaged(let kind, let detail):
      return .invalid("damaged_picture", "the \(kind.rawValue) picture cannot be read: \(detail)")
    case .tooLarge(let width, let height):
      return .invalid(
        "picture_too_large",
        "a picture may have sides of at most \(PictureHeader.maxSide) and \(PictureHeader.maxPixels)"
          + " pixels; got \(width)x\(height)")
    }
  }
}
