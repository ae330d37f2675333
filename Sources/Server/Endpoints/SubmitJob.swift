import Generation
import HTTP
import HTTPTypes
import JobQueue

/// `POST /api/jobs`: 201 with the new job, 200 with the one an earlier try of the same request made.
struct SubmitJob: Endpoint {
  private static let idempotencyKey = HTTPField.Name("Idempotency-Key")

  private let services: Services

  init(_ services: Services) { self.services = services }

  func respond(_ request: Request, _ context: AppContext) async throws -> Response {
    let user = try context.identity.requireUser()
    let key = try key(request.head.headers)
    let resolution = try services.resolver.resolve(
      request.body, offers: services.capabilities.offers,
      pictures: try await pictures(PictureFields.names(in: request.body).values, of: user))
    try await checkSpace(user)
    if services.configuration.access != .single, let seconds = services.submissions.take(user) {
      throw APIError.tooManySubmissions(retryAfter: seconds)
    }
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
      throw APIError(
        status: 409,
        error: UserError(
          code: "idempotency_conflict",
          message: "this Idempotency-Key was used for another request; use a new one"))
    }
  }

  /// What names of pictures mean to this user; the others stay unknown.
  private func pictures(
    _ names: some Sequence<String>, of user: UserID
  ) async throws -> [String: PictureReference] {
    var found: [String: PictureReference] = [:]
    for name in names {
      if let record = try await services.store.upload(UploadID(name), owner: user) {
        let upload = record.upload
        found[name] = PictureReference(sha256: upload.sha256, width: upload.width, height: upload.height)
      } else if let image = try await services.store.image(ImageID(name), owner: user) {
        found[name] = PictureReference(sha256: image.sha256, width: image.width, height: image.height)
      }
    }
    return found
  }

  private func key(_ headers: HTTPFields) throws(APIError) -> String? {
    guard let name = Self.idempotencyKey, let key = headers[name] else { return nil }
    guard (1...128).contains(key.utf8.count), key.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      throw APIError(
        status: 400,
        error: UserError(
          code: "bad_idempotency_key",
          message: "Idempotency-Key must be 1 to 128 printable ASCII characters; got \(key.utf8.count) bytes")
      )
    }
    return key
  }

  private func checkSpace(_ user: UserID) async throws {
    guard try await services.images.freeBytes() >= services.configuration.limits.freeSpaceFloor else {
      throw APIError(
        status: 507,
        error: UserError(
          code: "disk_full", message: "the server has no space left for new pictures; nothing was lost"))
    }
    guard try await services.hasRoom(user) else {
      throw APIError(
        status: 507,
        error: UserError(
          code: "disk_quota",
          message:
            "your pictures take up \(services.configuration.limits.bytesPerUser >> 20) MiB, all there is for one person; delete some"
        ))
    }
  }
}

extension APIError {
  /// 429: too many in a short time.
  static func tooManySubmissions(retryAfter seconds: Int) -> APIError {
    APIError(
      status: 429,
      error: UserError(
        code: "too_fast", message: "too many jobs in a short time; try again in \(seconds) s"),
      retryAfterSeconds: seconds)
  }
}
