import Generation
import HTTP
import JobQueue

/// `GET /readyz`: 200 when at least one worker is connected, else 503.
struct GetReadiness: Endpoint {
  private let services: Services

  init(_ services: Services) { self.services = services }

  func respond(_ request: Request, _ context: AppContext) async throws -> Response {
    if let damage = services.damage { throw JobQueueError.damaged(detail: damage) }
    guard services.capabilities.isReady else {
      throw APIError(
        status: 503, error: UserError(code: "no_worker", message: "no worker is connected"),
        retryAfterSeconds: 2)
    }
    return .text("ready\n")
  }
}
