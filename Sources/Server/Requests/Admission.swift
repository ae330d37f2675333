import Generation
import HTTP
import HTTPTypes
import JobQueue

/// What every submission passes before anything is stored: its key's form, room on the disk, its sender's pace.
struct Admission: Sendable {
  private static let idempotencyKey = HTTPField.Name("Idempotency-Key")

  private let services: Services

  init(_ services: Services) { self.services = services }

  /// A request to make something: who asks, under which key, and what the pictures it names mean to them.
  struct Asked {
    let user: UserID
    let pictures: [String: PictureReference]
    private let key: String?

    fileprivate init(_ user: UserID, _ pictures: [String: PictureReference], _ key: String?) {
      (self.user, self.pictures, self.key) = (user, pictures, key)
    }

    /// The key with what was asked for under it.
    func idempotency(_ fingerprint: String) -> JobSubmission.IdempotencyKey? {
      key.map { JobSubmission.IdempotencyKey(key: $0, fingerprint: fingerprint) }
    }
  }

  /// Reads who asks for something and what they name.
  func asked(_ request: Request, _ context: AppContext) async throws -> Asked {
    let user = try context.identity.requireUser()
    let key = try Self.key(request.head.headers)
    return Asked(user, try await pictures(in: request.body, of: user), key)
  }

  /// 201 with what is new, 200 with what an earlier try of the same request made, 409 for one key and two requests.
  /// - Parameters:
  ///   - path: Where it is found from now on.
  ///   - jobs: How many jobs it is.
  func answer<Record, Document: Encodable & Sendable>(
    _ outcome: SubmissionOutcome<Record>, _ context: AppContext, at path: (Record) -> String,
    jobs: (Record) -> Int = { _ in 1 }, document: (Record) async throws -> Document
  ) async throws -> Response {
    var headers = HTTPFields()
    headers[.setCookie] = context.identity.cookie
    switch outcome {
    case .created(let record):
      services.metrics.count("atelier_jobs_submitted_total", by: jobs(record))
      headers[.location] = path(record)
      return try .document(try await document(record), status: .created, headers: headers)
    case .same(let record):
      headers[.location] = path(record)
      return try .document(try await document(record), headers: headers)
    case .conflict:
      throw APIError(
        status: 409,
        error: UserError(
          code: "idempotency_conflict",
          message: "this Idempotency-Key was used for another request; use a new one"))
    }
  }

  /// Refuses a submission when the disk is full, the user's room is used up, or it comes too soon.
  func check(_ context: AppContext) async throws {
    let user = try context.identity.requireUser()
    try await checkSpace(user)
    if services.configuration.access != .single, let seconds = services.submissions.take(user) {
      throw APIError.tooFast("too many jobs", retryAfter: seconds)
    }
    try await services.welcome(context.identity)
  }

  /// What names of pictures in a body mean to this user; the others stay unknown.
  private func pictures(
    in body: [UInt8], of user: UserID
  ) async throws -> [String: PictureReference] {
    var found: [String: PictureReference] = [:]
    for name in try PictureFields.names(in: body).values {
      if let record = try await services.store.upload(UploadID(name), owner: user) {
        let upload = record.upload
        found[name] = PictureReference(sha256: upload.sha256, width: upload.width, height: upload.height)
      } else if let image = try await services.store.image(ImageID(name), owner: user) {
        found[name] = PictureReference(sha256: image.sha256, width: image.width, height: image.height)
      }
    }
    return found
  }

  /// The client's key; nil when it sent none.
  private static func key(_ headers: HTTPFields) throws(APIError) -> String? {
    guard let name = idempotencyKey, let key = headers[name] else { return nil }
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
  /// 429: too many of something in a short time.
  static func tooFast(_ what: String, retryAfter seconds: Int) -> APIError {
    APIError(
      status: 429,
      error: UserError(code: "too_fast", message: "\(what) in a short time; try again in \(seconds) s"),
      retryAfterSeconds: seconds)
  }
}
