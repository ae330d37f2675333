import Generation
import Synchronization

/// A bucket of tokens for each user: so many submissions at once, then so many a minute.
///
/// For strangers (`--access open`); the limit on unfinished jobs holds for everybody.
final class SubmissionLimiter: Sendable {
  private struct Bucket {
    var tokens: Double
    var filledAt: SuspendingClock.Instant
  }

  private let buckets = Mutex<[UserID: Bucket]>([:])
  private let burst: Double
  private let perSecond: Double

  /// `burst` submissions at once, then `perMinute`; a burst of 0 limits nothing.
  init(burst: Int = 20, perMinute: Int = 10) {
    self.burst = Double(burst)
    perSecond = Double(perMinute) / 60
  }

  /// Takes a token; otherwise the seconds until there is one.
  func take(_ user: UserID, at now: SuspendingClock.Instant = .now) -> Int? {
    if burst == 0 { return nil }
    return buckets.withLock { buckets in
      if buckets.count > 10_000 { buckets = buckets.filter { level($0.value, now) < burst } }
      let tokens = buckets[user].map { level($0, now) } ?? burst
      guard tokens >= 1 else {
        buckets[user] = Bucket(tokens: tokens, filledAt: now)
        return max(1, Int(((1 - tokens) / perSecond).rounded(.up)))
      }
      buckets[user] = Bucket(tokens: tokens - 1, filledAt: now)
      return nil
    }
  }

  private func level(_ bucket: Bucket, _ now: SuspendingClock.Instant) -> Double {
    min(burst, bucket.tokens + (now - bucket.filledAt) / .seconds(1) * perSecond)
  }
}
