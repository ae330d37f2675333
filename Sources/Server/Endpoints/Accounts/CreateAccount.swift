import HTTP
import HTTPTypes
import JobQueue

/// `POST /api/accounts`: makes the account of somebody invited, and logs them in; 201.
struct CreateAccount: Endpoint {
  private let services: Services

  init(_ services: Services) { self.services = services }

  func respond(_ request: Request, _ context: AppContext) async throws -> Response {
    guard services.configuration.access == .accounts else { throw APIError.noAccounts }
    let fields = try RequestFields(request.body, only: ["invitation", "name", "password"])
    let code = InvitationCode(try fields.required("invitation"))
    let name = try AccountName(try fields.required("name"))
    let password = try Password(new: try fields.required("password"), field: "password")
    let visit = context.identity.visit
    try services.accounts.logins.take(nameKey: nil, visit)
    guard let code else { throw Self.badInvitation }
    let hash = try await services.accounts.hasher.hash(password)
    let account = try await make(name, hash, code)
    services.accounts.logins.giveBack(nameKey: nil, visit)
    let token = SessionCookie.newToken()
    let logged = try await services.store.logIn(
      account.id, tokenSHA256: SessionCookie.sha256(of: token), expires: services.accounts.sessionEnd,
      verified: hash, rehashed: nil)
    guard let logged else { throw APIError.accountDisabled }
    return try .session(logged, .accounts, token: token, status: .created, for: visit)
  }

  private func make(
    _ name: AccountName, _ hash: String, _ code: InvitationCode
  ) async throws -> AccountRecord {
    let new = NewAccount(name: name.text, nameKey: name.key, passwordHash: hash)
    switch try await services.store.createAccount(new, invitationSHA256: code.sha256) {
    case .done(let account): return account
    case .nameTaken:
      throw APIError.invalid("name_taken", "another account has this name", field: "name")
    case .badInvitation, .unknown, .lastAdmin: throw Self.badInvitation
    }
  }

  private static let badInvitation = APIError.invalid(
    "bad_invitation", "the invitation is unknown, used or over; ask an admin for another", field: "invitation"
  )
}
