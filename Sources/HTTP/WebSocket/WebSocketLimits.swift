/// Every number that bounds a WebSocket connection.
public struct WebSocketLimits: Equatable, Sendable {
  /// Bytes of an incoming message; more closes with 1009.
  public var message = 64 * 1024
  /// Bytes of an incoming frame's payload; more closes with 1009.
  public var frame = 64 * 1024
  /// Frames of an incoming message; more closes with 1009.
  public var fragments = 64
  /// Messages that were received and not yet read by the application; reading from the socket stops there.
  public var inbox = 16
  /// Bytes waiting to be sent.
  public var outboxBytes = 1024 * 1024
  /// Messages waiting to be sent.
  public var outboxMessages = 256
  /// How often a ping is sent.
  public var pingInterval = Duration.seconds(20)
  /// How long the pong may take.
  public var pongTimeout = Duration.seconds(20)
  /// How long the peer may take to answer a close frame.
  public var closeTimeout = Duration.seconds(5)

  /// The limits of the specification.
  public init() {}
}
