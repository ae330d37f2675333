import Generation
import HTTPTypes

/// Says who sends a request: the seam for accounts.
protocol Authenticator: Sendable {
  /// The user, or nil when nobody is known.
  func user(_ fields: HTTPFields) async -> UserID?
  /// The cookie that makes, or keeps, the sender of such a request a user, where users come to be so.
  func newCookie(_ fields: HTTPFields) -> String?
  /// A user made for the sender of such a request, and the cookie that goes with it; nil where nobody
  /// becomes a user by asking.
  func newUser(_ fields: HTTPFields) -> (user: UserID, cookie: String)?
}
