import Sockets
import Synchronization

/// A bucket of tokens for each key: so many takes at once, then so many a minute.
///
/// Counted on a clock that no change of the wall clock moves. Safe to call from any thread.
final class RateLimiter<Key: Hashable & Sendable>: Sendable {
  private struct Bucket {
    var tokens: Double
    var filledAt: MonotonicInstant
  }

  private struct State {
    var buckets: [Key: Bucket] = [:]
    /// With so many, those that are full again are forgotten: they say no more than none.
    var tidyAt = RateLimiter.fewest
  }

  private static var fewest: Int { 256 }
  private let state = Mutex(State())
  private let burst: Double
  private let perSecond: Double
  private let now: @Sendable () -> MonotonicInstant

  /// `burst` takes at once, then `perMinute`; a burst of 0 limits nothing.
  init(
    burst: Int, perMinute: Int,
    now: @escaping @Sendable () -> MonotonicInstant = { .now }
  ) {
    self.burst = Double(burst)
    perSecond = Double(perMinute) / 60
    self.now = now
  }

  /// Takes a token; otherwise the seconds until there is one.
  func take(_ key: Key, at instant: MonotonicInstant? = nil) -> Int? {
    if burst == 0 { return nil }
    let now = instant ?? now()
    return state.withLock { state in
      if state.buckets.count >= state.tidyAt {
        state.buckets = state.buckets.filter { level($0.value, now) < burst }
        // Only after as many more: nobody's request pays for the table of many.
        state.tidyAt = max(Self.fewest, 2 * state.buckets.count)
      }
      let tokens = state.buckets[key].map { level($0, now) } ?? burst
      guard tokens >= 1 else {
        state.buckets[key] = Bucket(tokens: tokens, filledAt: now)
        return max(1, Int(((1 - tokens) / perSecond).rounded(.up)))
      }
      state.buckets[key] = Bucket(tokens: tokens - 1, filledAt: now)
      return nil
    }
  }

  /// How many keys are kept.
  var count: Int { state.withLock { $0.buckets.count } }

  /// Gives a token back that turned out not to count.
  func giveBack(_ key: Key) {
    state.withLock { state in
      guard let bucket = state.buckets[key] else { return }
      state.buckets[key]?.tokens = min(burst, bucket.tokens + 1)
    }
  }

  private func level(_ bucket: Bucket, _ now: MonotonicInstant) -> Double {
    min(burst, bucket.tokens + (now - bucket.filledAt) / .seconds(1) * perSecond)
  }
}
