import HTTP
import ServiceLifecycle

/// Serves browsers until the server is to stop; then idle connections and sockets close at once.
struct HTTPService: Service {
  let server: HTTPServer
  let hub: EventHub

  func run() async throws {
    try await withGracefulShutdownHandler {
      try await server.run()
    } onGracefulShutdown: {
      hub.close()
      server.shutdown()
    }
  }
}
