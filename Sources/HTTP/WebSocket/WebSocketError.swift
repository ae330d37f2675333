/// Why a WebSocket conversation cannot go on.
public enum WebSocketError: Error, Equatable, Sendable {
  /// A frame breaks RFC 6455; the text says which rule.
  case protocolViolation(String)
  /// Text or a close reason is not UTF-8.
  case invalidUTF8
  /// A frame, a message or the number of its fragments exceeds a limit.
  case messageTooBig(limit: Int)
  /// The connection is closed or closing.
  case closed
  /// The peer does not take what it is sent.
  case tooSlow
}

extension WebSocketError {
  /// The code that tells the peer.
  public var closeCode: WebSocketCloseCode {
    switch self {
    case .protocolViolation: .protocolError
    case .invalidUTF8: .invalidData
    case .messageTooBig: .messageTooBig
    case .closed: .normal
    case .tooSlow: .tooSlow
    }
  }
}
