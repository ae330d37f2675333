import Generation
import HTTPTypes
import JobQueue

/// Who asks, as the authenticator found.
struct Caller: Sendable {
  /// What the identity rests on.
  enum Credential: Hashable, Sendable {
    /// A session's cookie, by its SHA-256.
    case session(String)
    /// An API token, by its public name.
    case token(String)
  }

  /// The user; nil only where the audience is anybody.
  var user: UserID?
  /// The account's name; empty without an account.
  var name = ""
  /// What the person may do.
  var role = UserRole.user
  /// The account; nil without one.
  var account: AccountRecord?
  /// What an API token may be used for; nil for a person, who may do everything the role may.
  var scopes: Set<TokenScope>?
  /// What is to be revoked to shut this caller out; nil where nobody can be.
  var credential: Credential?
  /// Sent with the answer when this request made the user.
  var cookie: String?
  /// Where the request comes from.
  var visit = Visit(fields: [:])

  /// The user of a route for users.
  func requireUser() throws(APIError) -> UserID {
    guard let user else { throw .noSession }
    return user
  }

  /// The account of a route for accounts.
  func requireAccount() throws(APIError) -> AccountRecord {
    guard let account else { throw .noSession }
    return account
  }

  /// The caller in the audit log.
  func requireActor() throws(APIError) -> AuditActor {
    AuditActor(id: try requireUser(), name: name.isEmpty ? "local" : name)
  }
}
