internal import HTTPTypes
internal import Sockets

extension HTTPConnection {
  /// The rest of a response that was begun in a turn.
  struct Unsent {
    let head: [UInt8]
    let body: [UInt8]
    let sent: Int
    let mustClose: Bool
  }

  /// Requests of one connection that are answered within one event, for fairness.
  private static let requestsPerTurn = 16

  /// Reads and answers what needs no waiting, on the loop's thread and without the task, which waits to read.
  ///
  /// What needs more is left in `pending` and `unsent`.
  func takeTurn() -> ReadTurn {
    // The end, and what is wrong with the connection, the task finds by itself.
    guard case .bytes(let bytes) = socket.readNow() else { return .wakes }
    let now = MonotonicInstant.now
    machine.received(bytes, at: now)
    for _ in 0..<Self.requestsPerTurn {
      switch machine.next(at: now) {
      case .read(let until):
        return socket.isWaitingForMore ? .waitsOn(until: until) : .interrupts
      case .plan(let head):
        guard answerAtOnce(head, at: now) else {
          pending = .plan(head)
          return .interrupts
        }
        if unsent != nil { return .interrupts }
      case let action:
        pending = action
        return .interrupts
      }
    }
    return .interrupts
  }

  /// Returns whether the request was answered; what the peer did not take of it is in `unsent`.
  private func answerAtOnce(_ parsed: RequestHead, at now: MonotonicInstant) -> Bool {
    var head = parsed
    head.peer = socket.peer
    guard let response = shared.answersAtOnce(head) else { return false }
    var body: [UInt8] = []
    switch response.body {
    case .none: break
    case .bytes(let bytes):
      if HTTPResponseEncoder.sendsBody(response, isHead: head.method == .head) { body = bytes }
    case .file, .stream, .webSocket: return false  // Not in memory: for the task.
    }
    // Nothing is changed before the head is known to be writable: the general way says what is wrong with it.
    let context = HTTPResponseEncoder.Context(
      date: DateHeader.now(), isHead: head.method == .head, version: head.version,
      keepAlive: machine.wouldKeepAlive)
    guard let bytes = try? HTTPResponseEncoder.head(of: response, context) else { return false }
    let keepAlive = machine.answering()
    let sent = socket.sendNow(bytes, body) ?? 0
    if sent == bytes.count + body.count {
      machine.answered(mustClose: !keepAlive, at: now)
    } else {
      // A lost connection too: the task's write says how.
      unsent = Unsent(head: bytes, body: body, sent: sent, mustClose: !keepAlive)
    }
    return true
  }
}
