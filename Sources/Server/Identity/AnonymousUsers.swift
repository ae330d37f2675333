import Generation
import HTTPTypes

/// `--access open`: each browser is a private user by its cookie.
struct AnonymousUsers: Authenticator {
  func caller(_ visit: Visit) -> Caller {
    Caller(user: SessionCookie.token(of: visit).map(SessionCookie.user), visit: visit)
  }

  /// A visit from a link on another site gets none, see `newUser`.
  func newCookie(_ visit: Visit) -> String? {
    // Sent again, so that it lasts a year from the last visit.
    if let token = SessionCookie.token(of: visit) {
      return SessionCookie.header(token, for: visit, days: SessionCookie.anonymousDays)
    }
    return newUser(visit)?.cookie
  }

  /// A browser that comes from a link on another site does not send its `SameSite=Strict` cookie, so
  /// such a visit makes nobody: a new user would replace the one it is.
  func newUser(_ visit: Visit) -> (user: UserID, cookie: String)? {
    if let name = HTTPField.Name("Sec-Fetch-Site"), visit.fields[name] == "cross-site" { return nil }
    let token = SessionCookie.newToken()
    let cookie = SessionCookie.header(token, for: visit, days: SessionCookie.anonymousDays)
    return (SessionCookie.user(of: token), cookie)
  }
}
