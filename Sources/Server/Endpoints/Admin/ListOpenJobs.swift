import HTTP
import JobQueue

/// `GET /api/admin/jobs`: everybody's unfinished jobs, without their prompts.
struct ListOpenJobs: Endpoint {
  private let services: Services

  init(_ services: Services) { self.services = services }

  func respond(_ request: Request, _ context: AppContext) async throws -> Response {
    let places = try await services.store.overview(workers: services.queueWorkers).places
    let positions = Dictionary(places.map { ($0.id, $0.position) }, uniquingKeysWith: { $1 })
    let open = try await services.store.openJobs(.all)
    return try .document(
      OpenJobListDocument(jobs: open.map { OpenJobDocument($0, position: positions[$0.job.id]) }))
  }
}
