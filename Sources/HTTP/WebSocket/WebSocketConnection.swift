internal import Logging
internal import Sockets

/// Placeholder.
public actor WebSocketConnection {
  init(_ socket: Connection, limits: WebSocketLimits, received: [UInt8], logger: Logger) {
  }
  func run(_ handler: @escaping @Sendable (WebSocketConnection) async throws -> Void) async {}
  func close(_ code: WebSocketCloseCode) async {}
}
