internal import Sockets

/// Takes the parts of a streamed body.
public struct ResponseWriter: Sendable {
  let send: @Sendable ([UInt8]) async throws -> Void

  /// Sends a part, waiting while the client does not take it.
  ///
  /// Throws when the client is gone; let the error pass.
  public func write(_ bytes: [UInt8]) async throws {
    if !bytes.isEmpty { try await send(bytes) }
  }
}
