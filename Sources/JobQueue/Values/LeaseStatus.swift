/// Whether an attempt is still the one that counts.
public enum LeaseStatus: Equatable, Sendable {
  /// It is; its owner may have asked for its end.
  case held(cancelRequested: Bool)
  /// It is not: the job was taken back, ended, or never was.
  case lost
}
