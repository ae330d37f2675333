import HTTP

/// `GET /debug/echo`, only with `ATELIER_DEBUG_ROUTES=1`: a WebSocket that sends back what it gets.
///
/// For conformance suites that test the server from outside.
struct EchoMessages: Endpoint {
  init(_ services: Services) {}

  func respond(_ request: Request, _ context: AppContext) async throws -> Response {
    try Response.webSocket(request.head) { socket in
      for await message in socket.messages {
        await socket.waitForRoom()
        try await socket.send(message)
      }
    }
  }
}
