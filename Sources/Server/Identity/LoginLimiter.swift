import Sockets

/// Bounds wrong passwords: five a minute for an account, twenty for an address; nobody is locked out.
///
/// A try is counted before its password is looked at, so that many at once are not free, and given back when
/// it was right.
struct LoginLimiter: Sendable {
  private let byName: RateLimiter<String>
  private let byAddress: RateLimiter<SocketAddress>

  /// Starts with nothing counted; tests say what time it is.
  init(now: @escaping @Sendable () -> MonotonicInstant = { .now }) {
    byName = RateLimiter(burst: 5, perMinute: 5, now: now)
    byAddress = RateLimiter(burst: 20, perMinute: 20, now: now)
  }

  /// Counts a try.
  /// - Throws: 429 `too_many_logins` with the seconds to wait.
  func take(nameKey: String?, _ visit: Visit) throws(APIError) {
    if let seconds = byAddress.take(visit.address) { throw .tooManyLogins(retryAfter: seconds) }
    guard let nameKey, let seconds = byName.take(nameKey) else { return }
    throw .tooManyLogins(retryAfter: seconds)
  }

  /// The try was right.
  func giveBack(nameKey: String?, _ visit: Visit) {
    byAddress.giveBack(visit.address)
    if let nameKey { byName.giveBack(nameKey) }
  }
}
