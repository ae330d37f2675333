/// The worker link's durations, the same on both sides.
public enum LinkTimers {
  /// Each side says that it is alive this often.
  public static let heartbeat = Duration.seconds(5)
  /// A link silent for this long is dead.
  public static let silence = Duration.seconds(15)
  /// A handshake not done by then is refused.
  public static let handshake = Duration.seconds(5)
  /// An attempt nobody reports on for this long is taken back.
  public static let lease = Duration.seconds(30)
}
