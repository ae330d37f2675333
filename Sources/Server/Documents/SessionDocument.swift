import Generation
import JobQueue
import Logs

/// The body of `GET /api/session`: how people come to be users here, and who asks.
struct SessionDocument: Encodable, Sendable {
  /// The caller.
  struct User: Encodable, Sendable {
    var id: String
    var name: String
    var role: UserRole
    @Nullable var createdAt: String?

    enum CodingKeys: String, CodingKey {
      case id, name, role
      case createdAt = "created_at"
    }
  }

  var access: String
  @Nullable var user: User?

  /// Describes a caller.
  init(_ access: AccessMode, _ caller: Caller) {
    self.access = access.rawValue
    user = caller.user.map {
      User(
        id: $0.rawValue, name: caller.name, role: caller.role,
        createdAt: caller.account.map { Timestamp.text($0.createdAt) })
    }
  }

  /// Describes somebody who has just logged in.
  init(_ access: AccessMode, _ account: AccountRecord) {
    self.access = access.rawValue
    user = User(
      id: account.id.rawValue, name: account.name, role: account.role,
      createdAt: Timestamp.text(account.createdAt))
  }
}
