import Generation
import HTTP
import JobQueue

/// `DELETE /api/grids/{id}`: cancels what is not over of one of the caller's grids; 200 with the grid.
struct CancelGrid: Endpoint {
  private let services: Services

  init(_ services: Services) { self.services = services }

  func respond(_ request: Request, _ context: AppContext) async throws -> Response {
    let user = try context.identity.requireUser()
    let id = GridID(context.parameters["id"])
    guard let grid = try await services.store.cancel(id, owner: user) else {
      throw APIError.notFound("grid")
    }
    return try .document(try await services.document(grid))
  }
}
