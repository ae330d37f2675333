/// Why a socket call failed.
public enum SocketError: Error, Equatable, Sendable {
  /// A system call failed with this errno.
  case system(call: String, errno: Int32)
  /// The deadline passed while waiting in this call.
  case timedOut(call: String)
  /// The connection was closed on this side, or the peer went away.
  case closed
  /// The waiting task was cancelled.
  case cancelled
  /// Somebody asked the waiting read to return early; see `Connection.interruptRead()`.
  case interrupted
  /// A second task tried to read (or write) while another one waits.
  case busy(call: String)
  /// The text is not an address.
  case invalidAddress(String)
  /// A file ended before the promised bytes were sent.
  case fileTooShort(expected: Int, sent: Int)
}

extension SocketError: CustomStringConvertible {
  /// What was expected and what was found, in one line.
  public var description: String {
    switch self {
    case .system(let call, let errno): "\(call) failed: \(SocketError.text(of: errno)) (errno \(errno))"
    case .timedOut(let call): "\(call) timed out"
    case .closed: "the connection is closed"
    case .cancelled: "the task was cancelled"
    case .interrupted: "the read was interrupted"
    case .busy(let call): "\(call): another task is already waiting on this connection"
    case .invalidAddress(let text): "expected an address such as 127.0.0.1:3000 or [::1]:3000; got '\(text)'"
    case .fileTooShort(let expected, let sent): "the file ended after \(sent) of \(expected) bytes"
    }
  }

  /// Whether the peer, and not this program, ended the conversation.
  public var isDisconnect: Bool {
    switch self {
    case .closed: true
    case .system(_, let errno): [32, 103, 104, 110, 113].contains(errno)  // EPIPE … EHOSTUNREACH
    default: false
    }
  }

  /// The name of the errno values a user may meet; others are shown by number alone.
  private static func text(of errno: Int32) -> String {
    switch errno {
    case 13: "permission denied"
    case 24: "too many open files"
    case 32: "broken pipe"
    case 98: "address already in use"
    case 99: "address not available on this host"
    case 101: "network unreachable"
    case 104: "connection reset by peer"
    case 110: "connection timed out"
    case 111: "connection refused"
    case 113: "no route to host"
    default: "system error"
    }
  }
}

/// Turns the negative errno of a `clinux_` call into an error; passes other values through.
func check<Value: SignedInteger>(_ result: Value, _ call: String) throws(SocketError) -> Value {
  if result < 0 { throw .system(call: call, errno: Int32(-result)) }
  return result
}
