public import Pictures

/// What enlarges pixels without a model, under A1111's names.
public enum PixelUpscaler: String, Sendable, CaseIterable {
  case lanczos = "Lanczos"
  case nearest = "Nearest"

  /// The kernel.
  public var filter: ResampleFilter {
    switch self {
    case .lanczos: .lanczos
    case .nearest: .nearest
    }
  }
}
