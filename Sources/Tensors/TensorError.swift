/// What can go wrong in the tensor layer.
///
/// Texts say what was expected and what was found.
public enum TensorError: Error, Hashable, Sendable {
  /// Operands do not fit together.
  case shape(operation: String, expected: String, found: String)
  /// Bytes of a file do not have the length their shape asks for.
  case byteCount(expected: Int, found: Int)
  /// Operands live on different devices.
  case differentBackends(operation: String)
  /// No backend of this name is in this binary.
  case unknownBackend(name: String, available: [String])
  /// No precision has this name.
  case unknownPrecision(String)
  /// The backend exists but its device does not, or the thread count is not one it takes.
  case unavailable(backend: String, reason: String)
  /// The device has no such block of memory left.
  case outOfMemory(bytes: Int)
  /// The device failed and nothing works on it any more; another process may have more luck.
  case deviceFailed(operation: String, reason: String)
  /// A kernel refused or failed.
  case kernel(operation: String, reason: String)
}

extension TensorError: CustomStringConvertible {
  /// One English sentence.
  public var description: String {
    switch self {
    case .shape(let operation, let expected, let found):
      "\(operation): expected \(expected), found \(found)"
    case .byteCount(let expected, let found):
      "weights: expected \(expected) bytes, found \(found)"
    case .differentBackends(let operation):
      "\(operation): expected operands on one device, found two devices"
    case .unknownBackend(let name, let available):
      "expected a backend among \(available.joined(separator: ", ")) or auto, found \"\(name)\""
    case .unknownPrecision(let name):
      "expected a precision among \(Precision.allCases.map(\.name).joined(separator: ", ")), found \"\(name)\""
    case .unavailable(let backend, let reason):
      "backend \(backend) is not available: \(reason)"
    case .outOfMemory(let bytes):
      "expected \(bytes) bytes of device memory, found less"
    case .deviceFailed(let operation, let reason):
      "\(operation): the device failed: \(reason)"
    case .kernel(let operation, let reason):
      "\(operation) failed: \(reason)"
    }
  }
}
