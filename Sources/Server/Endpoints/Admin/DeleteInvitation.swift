import HTTP
import HTTPTypes
import JobQueue

/// `DELETE /api/admin/invitations/{id}`: takes an invitation back; 204.
struct DeleteInvitation: Endpoint {
  private let services: Services

  init(_ services: Services) { self.services = services }

  func respond(_ request: Request, _ context: AppContext) async throws -> Response {
    let actor = try context.identity.requireActor()
    guard try await services.store.deleteInvitation(context.parameters["id"], by: actor) else {
      throw APIError.notFound("invitation")
    }
    return Response(.noContent, headers: [.cacheControl: "no-store"])
  }
}
