/// Until when a reader waits for the next bytes, as a value: times are the caller's.
///
/// Silence ends a link, and so does a frame that does not end. A damaged length would otherwise swallow
/// heartbeats for as long as they come, on a link that seems alive. The first byte of a frame starts its time:
/// `silence`, and what its bytes so far take at the slowest speed that is accepted.
public struct FramePatience<Moment: InstantProtocol & Sendable>: Sendable where Moment.Duration == Duration {
  /// The slowest a frame may come, bytes per second.
  static var slowest: Int { 16 << 10 }

  private let silence: Duration
  private var begun: Moment?

  /// Patience on a link that is dead after so much silence.
  public init(silence: Duration) { self.silence = silence }

  /// The deadline of the next read.
  ///
  /// `buffered` bytes of a frame have come and wait for its rest; `hasTaken` says that a whole frame was taken
  /// since the last call.
  public mutating func deadline(
    buffered: Int, hasTaken: Bool, now: Moment
  ) -> Moment {
    if buffered == 0 {
      begun = nil
      return now.advanced(by: silence)
    }
    let start = hasTaken ? now : begun ?? now
    begun = start
    let whole = silence + .seconds(Double(buffered) / Double(Self.slowest))
    return min(now.advanced(by: silence), start.advanced(by: whole))
  }
}
