import Generation
import HTTPTypes

/// `--access open`: each browser is a private user by its cookie.
struct AnonymousUsers: Authenticator {
  func user(_ fields: HTTPFields) -> UserID? {
    SessionCookie.token(in: fields[.cookie]).map(SessionCookie.user)
  }

  /// A visit from a link on another site gets none, see `newUser`.
  func newCookie(_ fields: HTTPFields) -> String? {
    // Sent again, so that it lasts a year from the last visit.
    if let token = SessionCookie.token(in: fields[.cookie]) { return SessionCookie.header(token) }
    return newUser(fields)?.cookie
  }

  /// A browser that comes from a link on another site does not send its `SameSite=Strict` cookie, so
  /// such a visit makes nobody: a new user would replace the one it is.
  func newUser(_ fields: HTTPFields) -> (user: UserID, cookie: String)? {
    if let name = HTTPField.Name("Sec-Fetch-Site"), fields[name] == "cross-site" { return nil }
    let token = SessionCookie.newToken()
    return (SessionCookie.user(of: token), SessionCookie.header(token))
  }
}
