internal import CLinux

/// A moment of CLOCK_MONOTONIC, which stands still while the machine sleeps.
///
/// The standard library's own instant has a layout that is only known when the program runs; whatever holds one is
/// copied and compared by calls through tables, on the way of each request.
public struct MonotonicInstant: InstantProtocol, Sendable {
  /// Since the machine started.
  private let uptime: Duration

  /// This moment.
  public static var now: MonotonicInstant {
    MonotonicInstant(uptime: .nanoseconds(clinux_monotonic_nanoseconds()))
  }

  private init(uptime: Duration) {
    self.uptime = uptime
  }

  /// The moment that is so much later.
  public func advanced(by duration: Duration) -> MonotonicInstant {
    MonotonicInstant(uptime: uptime + duration)
  }

  /// How much later the other moment is.
  public func duration(to other: MonotonicInstant) -> Duration { other.uptime - uptime }

  /// Whether one moment is before the other.
  public static func < (one: MonotonicInstant, other: MonotonicInstant) -> Bool { one.uptime < other.uptime }

  /// The moment that is so much later.
  public static func + (instant: MonotonicInstant, duration: Duration) -> MonotonicInstant {
    instant.advanced(by: duration)
  }

  /// The moment that was so much earlier.
  public static func - (instant: MonotonicInstant, duration: Duration) -> MonotonicInstant {
    MonotonicInstant(uptime: instant.uptime - duration)
  }

  /// How much later one moment is than the other.
  public static func - (one: MonotonicInstant, other: MonotonicInstant) -> Duration {
    other.duration(to: one)
  }
}
