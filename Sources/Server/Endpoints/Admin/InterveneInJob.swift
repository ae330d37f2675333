import Generation
import HTTP
import JobQueue

/// `POST /api/admin/jobs/{id}/requeue`: takes a job back from whoever has it and queues it again.
struct RequeueJob: Endpoint {
  private let services: Services

  init(_ services: Services) { self.services = services }

  func respond(_ request: Request, _ context: AppContext) async throws -> Response {
    try await services.intervene(context, "job.requeue") { id throws(JobQueueError) in
      try await services.dispatcher.requeue(id)
    }
  }
}

/// `POST /api/admin/jobs/{id}/fail`: ends a job, whoever has it.
struct FailJob: Endpoint {
  private static let error = UserError(
    code: "stopped_by_admin", message: "an admin of this server stopped the job")

  private let services: Services

  init(_ services: Services) { self.services = services }

  func respond(_ request: Request, _ context: AppContext) async throws -> Response {
    try await services.intervene(context, "job.fail") { id throws(JobQueueError) in
      try await services.dispatcher.abort(id, Self.error)
    }
  }
}

extension Services {
  /// Does something to the job a request names, writes it down, and shows the job as it is then.
  fileprivate func intervene(
    _ context: AppContext, _ action: String,
    _ change: (JobID) async throws(JobQueueError) -> InterventionOutcome
  ) async throws -> Response {
    let actor = try context.identity.requireActor()
    let id = JobID(context.parameters["id"])
    let before = try await store.openJobs(.one(id)).first
    switch try await change(id) {
    case .unknown: throw APIError.notFound("job")
    case .alreadyOver:
      throw APIError(
        status: 409, error: UserError(code: "wrong_state", message: "the job has ended; ended jobs stay so"))
    case .done: break
    }
    try await store.audit(action, subject: id.rawValue, detail: "owner=\(before?.ownerName ?? "")", by: actor)
    guard let owner = before?.job.owner, let job = try await store.job(id, owner: owner) else {
      throw APIError.notFound("job")
    }
    return try .document(
      OpenJobDocument(OpenJob(job: job, ownerName: before?.ownerName ?? "", leaseSeconds: nil), position: nil)
    )
  }
}
