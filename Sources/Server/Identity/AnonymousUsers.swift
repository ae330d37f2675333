import Generation
import HTTPTypes

/// `--access open`: each browser is a private user by its cookie.
struct AnonymousUsers: Authenticator {
  func user(_ fields: HTTPFields) -> UserID? {
    SessionCookie.token(in: fields[.cookie]).map(SessionCookie.user)
  }

  /// A browser that comes from a link on another site does not send its `SameSite=Strict` cookie, so
  /// such a visit gets none: a new one would replace the one it has, and with it the user.
  func newCookie(_ fields: HTTPFields) -> String? {
    // Sent again, so that it lasts a year from the last visit.
    if let token = SessionCookie.token(in: fields[.cookie]) { return SessionCookie.header(token) }
    if let name = HTTPField.Name("Sec-Fetch-Site"), fields[name] == "cross-site" { return nil }
    return SessionCookie.header(SessionCookie.newToken())
  }
}
