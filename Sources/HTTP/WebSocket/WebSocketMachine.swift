internal import Sockets

/// The life of one WebSocket as a value: pings, the close handshake, and what ends it.
///
/// It holds no socket and asks no clock; the driver does what the actions say.
struct WebSocketMachine {
  /// What the driver must do, in order.
  enum Action: Equatable {
    /// Hand a message to the application.
    case deliver(WebSocketMessage)
    /// Send a ping or pong.
    case sendControl([UInt8])
    /// Send the close frame; `dropping` says that nothing that waits may go before it.
    case sendClose([UInt8], dropping: Bool)
    /// Nothing more will be read: send what is left and close the socket.
    case finish
  }

  private enum State: Equatable {
    case open
    /// Our close frame is sent; the peer's is awaited.
    case closing(until: MonotonicInstant)
    case finished
  }

  private let limits: WebSocketLimits
  private var decoder: WebSocketDecoder
  private var state = State.open
  private var nextPing: MonotonicInstant
  private var pongDeadline: MonotonicInstant?
  private var pingCount: UInt64 = 0
  /// What ended the conversation, as the peer said it or as we found; `nil` while it goes on.
  private(set) var closeCode: WebSocketCloseCode?

  init(limits: WebSocketLimits, at now: MonotonicInstant) {
    self.limits = limits
    decoder = WebSocketDecoder(limits: limits)
    nextPing = now + limits.pingInterval
  }

  var isOpen: Bool { state == .open }
  var isFinished: Bool { state == .finished }

  /// When `deadlinePassed` must be called, if nothing else happens.
  var deadline: MonotonicInstant {
    if case .closing(let until) = state { return until }
    return min(nextPing, pongDeadline ?? nextPing)
  }

  mutating func received(_ bytes: [UInt8], at now: MonotonicInstant) -> [Action] {
    decoder.append(bytes)
    var actions: [Action] = []
    do throws(WebSocketError) {
      while state != .finished, let event = try decoder.next() { actions += handle(event) }
    } catch {
      actions += fail(error)
    }
    return actions
  }

  /// The peer has ended the connection, with or without a close frame.
  mutating func reachedEnd() -> [Action] {
    if state == .finished { return [] }
    state = .finished
    return [.finish]
  }

  mutating func deadlinePassed(at now: MonotonicInstant) -> [Action] {
    switch state {
    case .finished: return []
    case .closing(let until): return until <= now ? reachedEnd() : []
    case .open:
      if let pongDeadline, pongDeadline <= now { return reachedEnd() }
      guard nextPing <= now else { return [] }
      nextPing = now + limits.pingInterval
      if pongDeadline == nil { pongDeadline = now + limits.pongTimeout }
      pingCount += 1
      return [.sendControl(WebSocketEncoder.frame(.ping, Array("\(pingCount)".utf8)))]
    }
  }

  /// The application ends the conversation.
  mutating func close(
    _ code: WebSocketCloseCode, reason: String = "", dropping: Bool = false, at now: MonotonicInstant
  ) -> [Action] {
    guard state == .open else { return [] }
    state = .closing(until: now + limits.closeTimeout)
    closeCode = code
    return [.sendClose(WebSocketEncoder.close(code, reason: reason), dropping: dropping)]
  }

  private mutating func handle(_ event: WebSocketDecoder.Event) -> [Action] {
    switch event {
    // After our close frame only the peer's counts.
    case .message(let message): return isOpen ? [.deliver(message)] : []
    case .ping(let payload): return isOpen ? [.sendControl(WebSocketEncoder.frame(.pong, payload))] : []
    case .pong(let payload):
      if payload == Array("\(pingCount)".utf8) { pongDeadline = nil }
      return []
    case .close(let code, _):
      let mustAnswer = isOpen
      state = .finished
      if closeCode == nil { closeCode = code ?? .normal }
      // RFC 6455 section 5.5.1: the answer carries the code that was received.
      return (mustAnswer ? [.sendClose(WebSocketEncoder.close(code), dropping: false)] : []) + [.finish]
    }
  }

  /// RFC 6455 section 7.1.7: say why, and do not wait for an answer.
  private mutating func fail(_ error: WebSocketError) -> [Action] {
    let mustSay = isOpen
    state = .finished
    closeCode = error.closeCode
    return (mustSay ? [.sendClose(WebSocketEncoder.close(error.closeCode), dropping: false)] : []) + [.finish]
  }
}
