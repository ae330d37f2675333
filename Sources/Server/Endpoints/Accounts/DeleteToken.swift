import HTTP
import HTTPTypes
import JobQueue

/// `DELETE /api/account/tokens/{id}`: ends one of the caller's API tokens and its sockets; 204.
struct DeleteToken: Endpoint {
  private let services: Services

  init(_ services: Services) { self.services = services }

  func respond(_ request: Request, _ context: AppContext) async throws -> Response {
    let account = try context.identity.requireAccount()
    let id = context.parameters["id"]
    guard try await services.store.deleteToken(id, owner: account.id) else {
      throw APIError.notFound("token")
    }
    services.hub.end(.token(id))
    return Response(.noContent, headers: [.cacheControl: "no-store"])
  }
}
