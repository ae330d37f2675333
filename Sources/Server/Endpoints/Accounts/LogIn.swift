import HTTP
import HTTPTypes
import JobQueue

/// `POST /api/session`: a new session for the right name and password.
///
/// The same work is done and the same is said whether the name or the password is wrong.
struct LogIn: Endpoint {
  private let services: Services

  init(_ services: Services) { self.services = services }

  func respond(_ request: Request, _ context: AppContext) async throws -> Response {
    guard services.logsIn else { throw APIError.noAccounts }
    let fields = try RequestFields(request.body, only: ["name", "password"])
    let key = AccountName.key(typed: try fields.required("name"))
    let password = Password(attempt: try fields.required("password"))
    let account = try await check(key, password, context.identity.visit)
    let token = SessionCookie.newToken()
    let logged = try await services.store.logIn(
      account.record.id, tokenSHA256: SessionCookie.sha256(of: token),
      expires: services.accounts.sessionEnd, verified: account.hash, rehashed: account.better)
    guard let logged else { throw APIError.wrongCredentials }
    if case .session(let old)? = context.identity.credential {
      // The browser forgets its old session with the new cookie; nothing else could end it.
      try await services.store.closeSession(tokenSHA256: old)
      services.hub.end(.session(old))
    }
    services.metrics.count("atelier_logins_total{result=\"ok\"}")
    return try .session(
      logged, services.configuration.access, token: token, for: context.identity.visit)
  }

  private func check(
    _ key: String?, _ password: Password, _ visit: Visit
  ) async throws -> (record: AccountRecord, hash: String, better: String?) {
    let accounts = services.accounts
    try accounts.logins.take(nameKey: key, visit)
    var found: (record: AccountRecord, hash: String)?
    if let key { found = try await services.store.credentials(nameKey: key) }
    let (isRight, better) = try await accounts.hasher.verify(password, found?.hash)
    guard isRight, let (record, hash) = found else {
      services.metrics.count("atelier_logins_total{result=\"wrong\"}")
      throw APIError.wrongCredentials
    }
    accounts.logins.giveBack(nameKey: key, visit)
    if record.isDisabled { throw APIError.accountDisabled }
    return (record, hash, better)
  }
}

extension Services {
  /// Whether there is anybody to log in: with `--access open` the admins that were made on the command line.
  var logsIn: Bool {
    switch configuration.access {
    case .single: false
    case .open: accounts.hasAccounts.isSet
    case .accounts: true
    }
  }
}

extension Response {
  /// The answer that logs somebody in.
  static func session(
    _ account: AccountRecord, _ access: AccessMode, token: String, status: HTTPResponse.Status = .ok,
    for visit: Visit
  ) throws -> Response {
    let cookie = SessionCookie.header(token, for: visit, days: SessionCookie.accountDays)
    return try .document(SessionDocument(access, account), status: status, headers: [.setCookie: cookie])
  }
}
