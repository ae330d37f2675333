public import Generation

/// An attempt a worker still holds when it connects again.
public struct HeldAttempt: Equatable, Sendable {
  /// How far it is.
  public enum Stage: UInt8, Sendable, CaseIterable {
    /// Still being computed.
    case running = 0
    /// Done or failed, and the server has not acknowledged it.
    case unacknowledged = 1
  }

  /// Which attempt.
  public var attempt: JobAttempt
  /// How far it is.
  public var stage: Stage

  /// Names a held attempt.
  public init(_ attempt: JobAttempt, _ stage: Stage) {
    self.attempt = attempt
    self.stage = stage
  }
}
