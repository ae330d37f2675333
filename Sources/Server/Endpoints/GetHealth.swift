import HTTP
import JobQueue

/// `GET /healthz`: the process answers and its database can be read.
struct GetHealth: Endpoint {
  private let services: Services

  init(_ services: Services) { self.services = services }

  func respond(_ request: Request, _ context: AppContext) async throws -> Response {
    _ = try await services.store.lastSequence(owner: SingleUser.id)
    return .text("ok\n")
  }
}
