import Generation
import HTTP
import HTTPTypes
import JobQueue

/// `POST /api/grids`: 201 with a new grid of experiments, 200 with the one an earlier try of the same request made.
struct SubmitGrid: Endpoint {
  private let services: Services

  init(_ services: Services) { self.services = services }

  func respond(_ request: Request, _ context: AppContext) async throws -> Response {
    let user = try context.identity.requireUser()
    let key = try Admission.key(request.head.headers)
    let resolution = try GridResolver(
      resolver: services.resolver, most: services.configuration.limits.queue.cellsPerUser
    ).resolve(
      request.body, offers: services.capabilities.offers,
      pictures: try await Admission(services).pictures(in: request.body, of: user))
    try await Admission(services).check(user)
    let submission = GridSubmission(
      owner: user, ownerKind: services.configuration.access.userKind,
      description: try GridDocument.Description(resolution.plan).text, requests: resolution.requests,
      idempotencyKey: key.map { .init(key: $0, fingerprint: resolution.fingerprint) })
    var headers = HTTPFields()
    headers[.setCookie] = context.identity.cookie
    switch try await services.store.submit(submission) {
    case .created(let grid):
      services.metrics.count("atelier_jobs_submitted_total", by: grid.jobs.count)
      headers[.location] = "/api/grids/\(grid.id)"
      return try .document(try await services.document(grid), status: .created, headers: headers)
    case .same(let grid):
      headers[.location] = "/api/grids/\(grid.id)"
      return try .document(try await services.document(grid), headers: headers)
    case .conflict: throw Admission.conflict
    }
  }
}
