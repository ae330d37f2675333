import Generation
import HTTP
import HTTPTypes
import JobQueue

/// `POST /api/jobs`: 201 with the new job, 200 with the one an earlier try of the same request made.
struct SubmitJob: Endpoint {
  private let services: Services

  init(_ services: Services) { self.services = services }

  func respond(_ request: Request, _ context: AppContext) async throws -> Response {
    let admission = Admission(services)
    let asked = try await admission.asked(request, context)
    let resolution = try services.resolver.resolve(
      request.body, offers: services.capabilities.offers, pictures: asked.pictures)
    try await admission.check(context)
    let outcome = try await services.store.submit(
      JobSubmission(
        owner: asked.user, ownerKind: services.configuration.access.userKind, request: resolution.request,
        idempotencyKey: asked.idempotency(resolution.fingerprint)))
    return try await admission.answer(outcome, context, at: { "/api/jobs/\($0.id)" }) {
      try await services.document($0)
    }
  }
}
