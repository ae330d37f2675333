import Generation
import HTTPTypes

/// `--access open`: each browser is a private user by its cookie, unless somebody with an account has logged in with
/// it: an admin, who looks after the others.
struct AnonymousUsers: Authenticator {
  private static let fetchSite = HTTPField.Name("Sec-Fetch-Site")

  let services: AccountServices

  func caller(_ visit: Visit) async throws -> Caller {
    if services.hasAccounts.isSet {
      let caller = try await AccountUsers(store: services.store).caller(visit)
      if caller.account != nil { return caller }
    }
    let user = SessionCookie.token(of: visit).map(SessionCookie.user)
    if let user, services.banned.contains(user) { throw APIError.banned }
    return Caller(user: user, visit: visit)
  }

  /// A visit from a link on another site gets none, see `newUser`.
  func newCookie(_ visit: Visit) -> String? {
    // Sent again, so that it lasts a year from the last visit.
    if let token = SessionCookie.token(of: visit) {
      return cookie(token, visit)
    }
    return newToken(visit).map { cookie($0, visit) }
  }

  /// A browser that comes from a link on another site does not send its `SameSite=Strict` cookie, so
  /// such a visit makes nobody: a new user would replace the one it is.
  func newUser(_ visit: Visit) -> (user: UserID, cookie: String)? {
    newToken(visit).map { (SessionCookie.user(of: $0), cookie($0, visit)) }
  }

  private func newToken(_ visit: Visit) -> String? {
    if let name = Self.fetchSite, visit.fields[name] == "cross-site" { return nil }
    return SessionCookie.newToken()
  }

  private func cookie(_ token: String, _ visit: Visit) -> String {
    SessionCookie.header(token, for: visit, days: SessionCookie.anonymousDays)
  }
}
