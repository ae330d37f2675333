import HTTP
import HTTPTypes
import JobQueue

/// `DELETE /api/session`: ends the caller's session and its sockets; 204 also when there was none.
struct LogOut: Endpoint {
  private let services: Services

  init(_ services: Services) { self.services = services }

  func respond(_ request: Request, _ context: AppContext) async throws -> Response {
    guard services.logsIn else { throw APIError.noAccounts }
    if context.identity.scopes != nil { throw APIError.sessionOnly }
    if case .session(let sha256)? = context.identity.credential {
      try await services.store.closeSession(tokenSHA256: sha256)
      services.hub.end(.session(sha256))
    }
    return .loggedOut(context.identity.visit)
  }
}

extension Response {
  /// 204, and the browser forgets its cookie.
  static func loggedOut(_ visit: Visit) -> Response {
    Response(
      .noContent, headers: [.setCookie: SessionCookie.removal(for: visit), .cacheControl: "no-store"])
  }
}
