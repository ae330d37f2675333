import FoundationEssentials
import HTTP
import HTTPTypes
import JobQueue

/// `POST /api/admin/invitations`: lets one person make an account; 201 with the code, shown once.
struct CreateInvitation: Endpoint {
  private let services: Services

  init(_ services: Services) { self.services = services }

  func respond(_ request: Request, _ context: AppContext) async throws -> Response {
    let actor = try context.identity.requireActor()
    guard services.configuration.access == .accounts else { throw APIError.noAccounts }
    let fields = try RequestFields(request.body, only: ["role", "expires_hours"])
    guard let role = UserRole(rawValue: try fields.string("role") ?? "user") else {
      throw APIError.invalid("out_of_range", "role must be 'user' or 'admin'", field: "role")
    }
    let hours = try fields.integer("expires_hours", 1...720) ?? 72
    let code = InvitationCode()
    let record = try await services.store.createInvitation(
      codeSHA256: code.sha256, role: role, expires: Date() + Double(hours) * 3600, by: actor)
    return try .document(InvitationDocument(record, code: code.text), status: .created)
  }
}
