import Generation
import HTTP
import JobQueue

/// `PATCH /api/admin/users/{id}`: role, shut out or let in again, a new password; of a browser without an account
/// only whether it is shut out.
///
/// Who is shut out loses sessions, API tokens, sockets, and what waits or runs for them.
struct UpdateUser: Endpoint {
  private let services: Services

  init(_ services: Services) { self.services = services }

  func respond(_ request: Request, _ context: AppContext) async throws -> Response {
    let actor = try context.identity.requireActor()
    let id = UserID(context.parameters["id"])
    let isAnonymous = try await services.store.user(id)?.kind == .anonymous
    let names = isAnonymous ? ["disabled"] : ["role", "disabled", "password"]
    let change = try await change(try RequestFields(request.body, only: names))
    if isAnonymous { return try await ban(id, change.isDisabled == true, by: actor) }
    switch try await services.store.updateAccount(id, change, by: actor) {
    case .done: break
    case .lastAdmin:
      throw APIError(
        status: 409,
        error: UserError(
          code: "last_admin", message: "this is the last admin who can log in; make another one first"))
    case .unknown, .nameTaken, .badInvitation: throw APIError.notFound("account")
    }
    try await shutOut(id, change)
    guard let user = try await services.store.user(id) else {
      throw APIError.notFound("account")
    }
    return try .document(UserDocument(user))
  }

  private func ban(_ id: UserID, _ isBanned: Bool, by actor: AuditActor) async throws -> Response {
    guard try await services.store.setBanned(id, isBanned, by: actor) else { throw APIError.notFound("user") }
    services.accounts.banned.set(id, isBanned)
    var change = AccountChange()
    change.isDisabled = isBanned
    try await shutOut(id, change)
    guard let user = try await services.store.user(id) else { throw APIError.notFound("user") }
    return try .document(UserDocument(user))
  }

  private func change(_ fields: RequestFields) async throws -> AccountChange {
    var change = AccountChange()
    if let role = try fields.string("role") {
      change.role = UserRole(rawValue: role)
      if change.role == nil {
        throw APIError.invalid(
          "out_of_range", "role must be 'user' or 'admin'; got '\(JSONValue.shortened(role))'", field: "role")
      }
    }
    change.isDisabled = try fields.bool("disabled")
    if let password = try fields.string("password") {
      let new = try Password(new: password, field: "password")
      change.passwordHash = try await services.accounts.hasher.hash(new)
    }
    guard change != AccountChange() else {
      throw APIError.invalid("missing_field", "expected at least one of role, disabled, password")
    }
    return change
  }

  private func shutOut(_ id: UserID, _ change: AccountChange) async throws {
    if change.passwordHash != nil { services.hub.endSessions(of: id) }
    // A socket of an admin who is none any more shows nothing an admin alone may see.
    guard change.isDisabled == true else { return }
    services.hub.end(id)
    for job in try await services.store.jobs(owner: id, page: .open) {
      _ = try await services.store.cancel(job.id, owner: id)
    }
  }
}
