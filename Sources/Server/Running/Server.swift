import Generation
import HTTP
import JobQueue
public import Logging
import ServiceLifecycle
import Sockets
import WorkerProtocol

/// The composition root: makes every part, runs them, and takes them down in order.
public struct Server: Sendable {
  private let configuration: ServerConfiguration
  private let logger: Logger

  /// Makes a server that has done nothing yet.
  public init(_ configuration: ServerConfiguration, logger: Logger) {
    self.configuration = configuration
    self.logger = logger
  }

  /// Serves until SIGTERM or SIGINT; a second one ends the process at once.
  /// - Throws: `ServerError`, `JobQueueError`, `ProtocolError` when it cannot start.
  public func run() async throws {
    let parts = try await ServerParts(configuration, logger: logger)
    try await parts.run()
  }
}
