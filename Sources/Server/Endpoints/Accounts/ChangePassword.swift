import Generation
import HTTP
import JobQueue

/// `PATCH /api/account`: a new password; every other session of the person ends.
struct ChangePassword: Endpoint {
  private let services: Services

  init(_ services: Services) { self.services = services }

  func respond(_ request: Request, _ context: AppContext) async throws -> Response {
    let account = try context.identity.requireAccount()
    let fields = try RequestFields(request.body, only: ["password", "new_password"])
    let old = Password(attempt: try fields.required("password"))
    let new = try Password(new: try fields.required("new_password"), field: "new_password")
    let accounts = services.accounts
    let (key, visit) = (AccountName.key(of: account.name), context.identity.visit)
    try accounts.logins.take(nameKey: key, visit)
    let stored = try await services.store.credentials(account.id)?.hash
    guard try await accounts.hasher.verify(old, stored).isRight, let stored else {
      throw APIError(
        status: 403,
        error: .init(code: "wrong_password", message: "the present password is wrong", field: "password"))
    }
    accounts.logins.giveBack(nameKey: key, visit)
    let hash = try await accounts.hasher.hash(new)
    let token = SessionCookie.newToken()
    let sha256 = SessionCookie.sha256(of: token)
    let changed = try await services.store.changePassword(
      account.id, verified: stored, hash: hash, tokenSHA256: sha256, expires: accounts.sessionEnd)
    guard let changed else { throw APIError.noSession }
    services.hub.endSessions(of: account.id, except: context.identity.credential, now: .session(sha256))
    return try .session(changed, services.configuration.access, token: token, for: visit)
  }
}
