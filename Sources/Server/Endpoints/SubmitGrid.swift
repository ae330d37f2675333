import Generation
import HTTP
import HTTPTypes
import JobQueue

/// `POST /api/grids`: 201 with a new grid of experiments, 200 with the one an earlier try of the same request made.
struct SubmitGrid: Endpoint {
  private let services: Services

  init(_ services: Services) { self.services = services }

  func respond(_ request: Request, _ context: AppContext) async throws -> Response {
    let admission = Admission(services)
    let asked = try await admission.asked(request, context)
    let resolution = try GridResolver(
      resolver: services.resolver, most: services.configuration.limits.queue.cellsPerUser
    ).resolve(request.body, offers: services.capabilities.offers, pictures: asked.pictures)
    try await admission.check(context)
    let outcome = try await services.store.submit(
      GridSubmission(
        owner: asked.user, ownerKind: services.configuration.access.userKind,
        description: try GridDocument.Description(resolution.plan).text, requests: resolution.requests,
        idempotencyKey: asked.idempotency(resolution.fingerprint)))
    return try await admission.answer(
      outcome, context, at: { "/api/grids/\($0.id)" }, jobs: \.jobs.count
    ) {
      try await services.document($0)
    }
  }
}
