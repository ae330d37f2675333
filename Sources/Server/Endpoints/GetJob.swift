import Generation
import HTTP
import JobQueue

/// `GET /api/jobs/{id}`: one of the caller's jobs.
struct GetJob: Endpoint {
  private let services: Services

  init(_ services: Services) { self.services = services }

  func respond(_ request: Request, _ context: AppContext) async throws -> Response {
    let user = try context.identity.requireUser()
    let id = JobID(context.parameters["id"])
    guard let job = try await services.store.job(id, owner: user) else { throw APIError.notFound("job") }
    return try .document(try await services.document(job))
  }
}
