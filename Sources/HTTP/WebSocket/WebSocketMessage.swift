/// A whole message of a WebSocket.
public enum WebSocketMessage: Equatable, Sendable {
  /// Text; on the wire, UTF-8.
  case text(String)
  /// Bytes.
  case binary([UInt8])

  /// The size on the wire in bytes.
  public var count: Int {
    switch self {
    case .text(let text): text.utf8.count
    case .binary(let bytes): bytes.count
    }
  }
}
