import Generation
import Synchronization

/// Users without an account who are shut out, as the database has them: asked with every request.
final class BannedUsers: Sendable {
  private let users = Mutex<Set<UserID>>([])

  /// Whether a user is shut out.
  func contains(_ user: UserID) -> Bool { users.withLock { $0.contains(user) } }

  /// Takes what the database has.
  func replace(by users: Set<UserID>) { self.users.withLock { $0 = users } }

  /// Shuts a user out or lets it in again.
  func set(_ user: UserID, _ isBanned: Bool) {
    users.withLock { users in
      if isBanned { users.insert(user) } else { users.remove(user) }
    }
  }
}
