import FoundationEssentials
import Generation
import JobQueue

/// What endpoints about people work with.
struct AccountServices: Sendable {
  let store: any JobStore
  let hub: EventHub
  let hasher: PasswordHasher
  var logins = LoginLimiter()

  /// When a session that begins or is used now ends.
  var sessionEnd: Date { Date() + Double(SessionCookie.accountDays) * 86_400 }
}
