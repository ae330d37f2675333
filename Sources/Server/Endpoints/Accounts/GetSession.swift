import HTTP

/// `GET /api/session`: how people come to be users here, and who asks.
struct GetSession: Endpoint {
  private let services: Services

  init(_ services: Services) { self.services = services }

  func respond(_ request: Request, _ context: AppContext) async throws -> Response {
    try .document(SessionDocument(services.configuration.access, context.identity))
  }
}
