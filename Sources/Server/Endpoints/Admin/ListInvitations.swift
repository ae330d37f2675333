import HTTP
import JobQueue

/// `GET /api/admin/invitations`: invitations without their codes, newest first.
struct ListInvitations: Endpoint {
  private let services: Services

  init(_ services: Services) { self.services = services }

  func respond(_ request: Request, _ context: AppContext) async throws -> Response {
    let records = try await services.store.invitations()
    return try .document(InvitationListDocument(invitations: records.map { InvitationDocument($0) }))
  }
}
