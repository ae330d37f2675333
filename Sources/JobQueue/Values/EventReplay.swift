/// What a client missed.
public enum EventReplay: Equatable, Sendable {
  /// Everything after the number it said, up to the limit.
  case events([QueueEvent])
  /// Some of it is gone; the newest number is given.
  case gap(last: Int64)
}
