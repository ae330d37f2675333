/// Why a picture could not be stored or found.
public enum ImageStoreError: Error, Hashable, Sendable, CustomStringConvertible {
  /// No space is left.
  case full(operation: String)
  /// A system call failed.
  case failed(operation: String, errno: Int32)
  /// The name is not a SHA-256 in lower-case hexadecimal.
  case malformedName

  /// For logs.
  public var description: String {
    switch self {
    case .full(let operation): "\(operation): no space left for pictures"
    case .failed(let operation, let errno): "\(operation) of a picture failed with errno \(errno)"
    case .malformedName: "expected 64 lower-case hexadecimal digits as a picture's name"
    }
  }
}
