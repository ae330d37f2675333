/// Why a WebSocket is closed.
///
/// RFC 6455 section 7.4.
public struct WebSocketCloseCode: RawRepresentable, Hashable, Sendable {
  /// The number on the wire.
  public let rawValue: UInt16

  /// A code by its number.
  public init(rawValue: UInt16) {
    self.rawValue = rawValue
  }

  /// 1000: the conversation is over.
  public static let normal = WebSocketCloseCode(rawValue: 1000)
  /// 1001: the server stops, or the page is left.
  public static let goingAway = WebSocketCloseCode(rawValue: 1001)
  /// 1002: the peer broke the protocol.
  public static let protocolError = WebSocketCloseCode(rawValue: 1002)
  /// 1003: a kind of data that is not wanted.
  public static let unsupportedData = WebSocketCloseCode(rawValue: 1003)
  /// 1007: text that is not UTF-8.
  public static let invalidData = WebSocketCloseCode(rawValue: 1007)
  /// 1008: against the rules of the application.
  public static let policyViolation = WebSocketCloseCode(rawValue: 1008)
  /// 1009: a message over the limits.
  public static let messageTooBig = WebSocketCloseCode(rawValue: 1009)
  /// 1011: the server met a condition it did not expect.
  public static let internalError = WebSocketCloseCode(rawValue: 1011)
  /// 4008: the user has opened too many; this was the oldest.
  public static let tooManyConnections = WebSocketCloseCode(rawValue: 4008)
  /// 4009: the client does not take what it is sent; it catches up by sequence number.
  public static let tooSlow = WebSocketCloseCode(rawValue: 4009)

  /// Whether the code may stand in a close frame: 1000–1003, 1007–1014, 3000–4999.
  public var isAllowedOnWire: Bool {
    switch rawValue {
    case 1000...1003, 1007...1014, 3000...4999: true
    default: false
    }
  }
}
