import Generation
import HTTP
import JobQueue

/// `DELETE /api/jobs/{id}`: cancels one of the caller's jobs; 200 with the job, also when it had ended.
///
/// A running job is told to stop through the event that the store commits; its state follows when the
/// worker has stopped.
struct CancelJob: Endpoint {
  private let services: Services

  init(_ services: Services) { self.services = services }

  func respond(_ request: Request, _ context: AppContext) async throws -> Response {
    let user = try context.identity.requireUser()
    let id = JobID(context.parameters["id"])
    guard let outcome = try await services.store.cancel(id, owner: user) else {
      throw APIError.notFound("job")
    }
    return try .document(try await services.document(outcome.job))
  }
}
