/// Cuts the bytes of a client into messages and control frames.
///
/// A value without input or output, which says the same however the stream is cut. Errors come as early as they
/// can be known: a length over the limit before the payload, a byte that is not UTF-8 before the frame ends.
/// After an error the decoder says the same error for ever.
struct WebSocketDecoder: Sendable {
  /// What the stream holds.
  enum Event: Equatable, Sendable {
    case message(WebSocketMessage)
    case ping([UInt8])
    case pong([UInt8])
    case close(WebSocketCloseCode?, reason: String)
  }

  private struct Fragments {
    let isText: Bool
    var bytes: [UInt8] = []
    var count = 0
    var validator = UTF8Validator()
  }

  private enum State {
    case header
    case payload(WebSocketFrameHeader, taken: Int)
    case failed(WebSocketError)
  }

  private let limits: WebSocketLimits
  private var buffer: [UInt8] = []
  private var start = 0
  private var state = State.header
  private var message: Fragments?
  private var control: [UInt8] = []

  init(limits: WebSocketLimits) {
    self.limits = limits
  }

  mutating func append(_ bytes: [UInt8]) {
    if start == buffer.count {
      buffer = bytes
    } else {
      buffer.removeFirst(start)
      buffer.append(contentsOf: bytes)
    }
    start = 0
  }

  /// The next event; `nil` when more bytes are needed.
  mutating func next() throws(WebSocketError) -> Event? {
    do throws(WebSocketError) {
      while true {
        switch state {
        case .failed(let error): throw error
        case .header:
          guard let header = try takeHeader() else { return nil }
          try begin(header)
          state = .payload(header, taken: 0)
        case .payload(let header, let taken):
          let isWhole = try takePayload(header, taken)
          guard isWhole else { return nil }
          state = .header
          if let event = try finish(header) { return event }
        }
      }
    } catch {
      state = .failed(error)
      throw error
    }
  }

  // MARK: - Parts of a frame

  private mutating func takeHeader() throws(WebSocketError) -> WebSocketFrameHeader? {
    let rest = buffer[start...]
    guard let first = rest.first else { return nil }
    try WebSocketFrameHeader.check(first: first)
    guard rest.count >= 2 else { return nil }
    let second = rest[rest.startIndex + 1]
    try WebSocketFrameHeader.check(second: second, after: first)
    let size = WebSocketFrameHeader.size(second)
    guard rest.count >= size else { return nil }
    start += size
    return try WebSocketFrameHeader(rest.prefix(size))
  }

  /// Checks a frame against the message it belongs to, before any of its payload is kept.
  private mutating func begin(_ header: WebSocketFrameHeader) throws(WebSocketError) {
    control = []
    if header.opcode.isControl { return }
    if header.length > limits.frame { throw .messageTooBig(limit: limits.frame) }
    if header.opcode == .continuation {
      guard message != nil else { throw .protocolViolation("a continuation has no message before it") }
    } else {
      guard message == nil else { throw .protocolViolation("a message begins inside another") }
      message = Fragments(isText: header.opcode == .text)
    }
    message?.count += 1
    if let message {
      if message.count > limits.fragments { throw .messageTooBig(limit: limits.fragments) }
      if message.bytes.count + header.length > limits.message { throw .messageTooBig(limit: limits.message) }
    }
  }

  /// Takes what has come of a payload.
  ///
  /// Returns whether that was the rest of it.
  private mutating func takePayload(_ header: WebSocketFrameHeader, _ taken: Int) throws(WebSocketError)
    -> Bool
  {
    let count = min(header.length - taken, buffer.count - start)
    var part = Array(buffer[start..<(start + count)])
    for index in part.indices { part[index] ^= header.mask[(taken + index) & 3] }
    start += count
    state = .payload(header, taken: taken + count)
    if header.opcode.isControl {
      control.append(contentsOf: part)
    } else if message?.isText == true, message?.validator.accept(part) == false {
      throw .invalidUTF8
    } else {
      message?.bytes.append(contentsOf: part)
    }
    return taken + count == header.length
  }

  private mutating func finish(_ header: WebSocketFrameHeader) throws(WebSocketError) -> Event? {
    switch header.opcode {
    case .ping: return .ping(control)
    case .pong: return .pong(control)
    case .close: return try close(control)
    case .continuation, .text, .binary:
      guard header.isFinal, let whole = message else { return nil }
      message = nil
      guard whole.isText else { return .message(.binary(whole.bytes)) }
      guard whole.validator.isComplete else { throw .invalidUTF8 }
      return .message(.text(String(decoding: whole.bytes, as: UTF8.self)))
    }
  }

  /// RFC 6455 section 5.5.1: nothing, or a code and a reason in UTF-8.
  private func close(_ payload: [UInt8]) throws(WebSocketError) -> Event {
    if payload.isEmpty { return .close(nil, reason: "") }
    guard payload.count >= 2 else { throw .protocolViolation("a close frame has one byte") }
    let code = WebSocketCloseCode(rawValue: UInt16(payload[0]) << 8 | UInt16(payload[1]))
    guard code.isAllowedOnWire else { throw .protocolViolation("close code \(code.rawValue) is not allowed") }
    guard let reason = String(validating: payload[2...], as: UTF8.self) else { throw .invalidUTF8 }
    return .close(code, reason: reason)
  }
}
