import Generation
import HTTP
import JobQueue

/// `GET /api/grids/{id}`: one of the caller's grids of experiments with its jobs.
struct GetGrid: Endpoint {
  private let services: Services

  init(_ services: Services) { self.services = services }

  func respond(_ request: Request, _ context: AppContext) async throws -> Response {
    let user = try context.identity.requireUser()
    let id = GridID(context.parameters["id"])
    guard let grid = try await services.store.grid(id, owner: user) else { throw APIError.notFound("grid") }
    return try .document(try await services.document(grid))
  }
}
