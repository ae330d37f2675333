import Generation
import HTTPTypes

/// `--access single`: everybody is the one local user.
struct SingleUser: Authenticator {
  static let id = UserID("local")
  func user(_ fields: HTTPFields) -> UserID? { Self.id }
  func newCookie(_ fields: HTTPFields) -> String? { nil }
  func newUser(_ fields: HTTPFields) -> (user: UserID, cookie: String)? { nil }
}
