import Generation
import HTTPTypes

/// Says who sends a request: one for each access mode.
protocol Authenticator: Sendable {
  /// Who sends it; a caller without a user when nobody is known.
  func caller(_ visit: Visit) async throws -> Caller
  /// The cookie that makes, or keeps, the sender of such a request a user, where users come to be so.
  func newCookie(_ visit: Visit) -> String?
  /// A user made for the sender of such a request, and the cookie that goes with it; nil where nobody
  /// becomes a user by asking.
  func newUser(_ visit: Visit) -> (user: UserID, cookie: String)?
}

extension AccessMode {
  /// What says who people are in this mode.
  func authenticator(_ services: AccountServices) -> any Authenticator {
    switch self {
    case .single: SingleUser()
    case .open: AnonymousUsers(services: services)
    case .accounts: AccountUsers(store: services.store)
    }
  }
}
