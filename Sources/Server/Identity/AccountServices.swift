import FoundationEssentials
import Generation
import JobQueue
import Synchronization

/// What endpoints about people work with.
struct AccountServices: Sendable {
  let store: any JobStore
  let hub: EventHub
  let hasher: PasswordHasher
  var logins = LoginLimiter()
  /// Users without an account who are shut out.
  let banned = BannedUsers()
  /// Whether anybody has an account: without one no request of `--access open` asks the database who sends it.
  let hasAccounts = Flag()

  /// Something that once true stays so.
  final class Flag: Sendable {
    private let value = Atomic(false)
    var isSet: Bool { value.load(ordering: .relaxed) }
    func set() { value.store(true, ordering: .relaxed) }
  }

  /// Learns from the database what is asked with every request.
  func load() async throws(JobQueueError) {
    if try await store.adminCount() > 0 { hasAccounts.set() }
    banned.replace(by: try await store.bannedUsers())
  }

  /// When a session that begins or is used now ends.
  var sessionEnd: Date { Date() + Double(SessionCookie.accountDays) * 86_400 }
}
