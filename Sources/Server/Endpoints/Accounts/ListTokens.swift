import HTTP
import JobQueue

/// `GET /api/account/tokens`: the caller's API tokens, without their secrets.
struct ListTokens: Endpoint {
  private let services: Services

  init(_ services: Services) { self.services = services }

  func respond(_ request: Request, _ context: AppContext) async throws -> Response {
    let account = try context.identity.requireAccount()
    let tokens = try await services.store.tokens(of: account.id)
    return try .document(TokenListDocument(tokens: tokens.map { TokenDocument($0) }))
  }
}
