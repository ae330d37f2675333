/// What was made of readable bytes on the loop's thread, where no task was woken for them.
public enum ReadTurn: Sendable {
  /// All is done: the reading task waits on, until then.
  case waitsOn(until: MonotonicInstant)
  /// Nothing was read: the task reads.
  case wakes
  /// Bytes were taken: the task's read throws `.interrupted`, and it goes on from there.
  case interrupts
}

/// What a read that does not wait finds.
public enum ReadNow: Sendable {
  /// Some bytes, never none.
  case bytes([UInt8])
  /// Nothing yet.
  case nothing
  /// The end, or that the connection is lost.
  case ended
}
