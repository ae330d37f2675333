import HTTP
import JobQueue

/// `GET /api/admin/users`: everybody, with counts.
struct ListUsers: Endpoint {
  private let services: Services

  init(_ services: Services) { self.services = services }

  func respond(_ request: Request, _ context: AppContext) async throws -> Response {
    try .document(UserListDocument(users: try await services.store.users().map(UserDocument.init)))
  }
}
