import Generation
import HTTP
import JobQueue

/// `POST /api/admin/workers/{id}/drain`: gives a worker nothing more, or does again.
struct DrainWorker: Endpoint {
  private let services: Services

  init(_ services: Services) { self.services = services }

  func respond(_ request: Request, _ context: AppContext) async throws -> Response {
    let actor = try context.identity.requireActor()
    let fields = try RequestFields(request.body, only: ["drained"])
    let isDrained = try fields.requiredBool("drained")
    let worker = WorkerID(context.parameters["id"])
    guard services.capabilities.health.contains(where: { $0.name == worker }) else {
      throw APIError.notFound("worker")
    }
    try await services.dispatcher.setDrained(worker, isDrained)
    try await services.store.audit(
      isDrained ? "worker.drain" : "worker.undrain", subject: worker.rawValue, detail: "", by: actor)
    let running = try await services.store.openJobs(.running)
    guard let health = services.capabilities.health.first(where: { $0.name == worker }) else {
      throw APIError.notFound("worker")
    }
    return try .document(WorkerDocument(health, running))
  }
}
