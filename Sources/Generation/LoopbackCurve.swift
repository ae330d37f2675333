/// How the strength changes from the first to the last picture of a loopback, by A1111's names.
public enum LoopbackCurve: String, Codable, Sendable, CaseIterable {
  /// By equal steps.
  case linear
  /// Early: sin(pπ/2).
  case aggressive
  /// Late: 1 − cos(pπ/2).
  case lazy
}
