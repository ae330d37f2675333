import HTTP
import JobQueue

/// `DELETE /api/account/sessions`: ends every session of the caller, and every socket with it.
struct LogOutEverywhere: Endpoint {
  private let services: Services

  init(_ services: Services) { self.services = services }

  func respond(_ request: Request, _ context: AppContext) async throws -> Response {
    let account = try context.identity.requireAccount()
    try await services.store.closeSessions(of: account.id)
    services.hub.endSessions(of: account.id)
    return .loggedOut(context.identity.visit)
  }
}
