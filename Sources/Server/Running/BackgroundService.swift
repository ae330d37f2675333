import ServiceLifecycle

/// Work that goes on until the server stops and has nothing to finish then.
struct BackgroundService: Service {
  let body: @Sendable () async throws -> Void

  func run() async throws {
    try await cancelWhenGracefulShutdown {
      do {
        try await body()
      } catch is CancellationError {}
      // A stream that ends because the server stops must not end the others before their turn.
      try? await gracefulShutdown()
    }
  }
}
