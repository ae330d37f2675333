import Generation
import HTTP
import HTTPTypes
import JobQueue

/// `POST /api/jobs`: 201 with the new job, 200 with the one an earlier try of the same request made.
struct SubmitJob: Endpoint {
  private let services: Services

  init(_ services: Services) { self.services = services }

  func respond(_ request: Request, _ context: AppContext) async throws -> Response {
    let user = try context.identity.requireUser()
    let key = try Admission.key(request.head.headers)
    let resolution = try services.resolver.resolve(
      request.body, offers: services.capabilities.offers,
      pictures: try await Admission(services).pictures(in: request.body, of: user))
    try await Admission(services).check(user)
    let submission = JobSubmission(
      owner: user, ownerKind: services.configuration.access.userKind,
      request: resolution.request,
      idempotencyKey: key.map { .init(key: $0, fingerprint: resolution.fingerprint) })
    var headers = HTTPFields()
    headers[.setCookie] = context.identity.cookie
    switch try await services.store.submit(submission) {
    case .created(let job):
      services.metrics.count("atelier_jobs_submitted_total")
      headers[.location] = "/api/jobs/\(job.id)"
      return try .document(try await services.document(job), status: .created, headers: headers)
    case .same(let job):
      headers[.location] = "/api/jobs/\(job.id)"
      return try .document(try await services.document(job), headers: headers)
    case .conflict:
      throw Admission.conflict
    }
  }
}
