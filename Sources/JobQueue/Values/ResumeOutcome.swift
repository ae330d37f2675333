/// What a reconnecting worker is to do with what it holds.
public enum ResumeOutcome: Equatable, Sendable {
  /// Go on.
  case proceed(Lease, cancelRequested: Bool)
  /// Forget it; `accepted` when its result was kept before the link broke.
  case settled(accepted: Bool)
}
