/// What happens to a message that waits to be sent while others come.
public enum WebSocketPriority: Hashable, Sendable {
  /// Only the newest message of this key matters: it replaces an older one that still waits, and is dropped when
  /// there is no room.
  case latest(String)
  /// The message must arrive; when there is no room for it the connection is closed with 4009.
  case reliable
}
