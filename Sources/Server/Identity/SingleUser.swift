import Generation
import HTTPTypes
import JobQueue

/// `--access single`: everybody is the one local user, who looks after everything.
struct SingleUser: Authenticator {
  static let id = UserID("local")
  func caller(_ visit: Visit) -> Caller { Caller(user: Self.id, name: "local", role: .admin, visit: visit) }
  func newCookie(_ visit: Visit) -> String? { nil }
  func newUser(_ visit: Visit) -> (user: UserID, cookie: String)? { nil }
}
