internal import HTTPTypes

/// Cuts a stream of bytes into HTTP/1.1 requests.
///
/// A value without input or output: bytes go in by `append`, events come out of `next`, in the same order
/// whether the stream is fed whole, byte by byte or cut anywhere. There is no lenient mode. After an error the
/// parser says the same error for ever.
///
/// ```swift
/// var parser = HTTPRequestParser(limits: HTTPLimits())
/// parser.append(bytes)
/// while let event = try parser.next() { … }  // .head, .body …, .end, .head, …
/// ```
public struct HTTPRequestParser: Sendable {
  /// What the stream holds.
  public enum Event: Sendable {
    /// A request begins.
    case head(RequestHead)
    /// A part of its body, never empty.
    case body([UInt8])
    /// The request is complete.
    case end
  }

  private enum State {
    case requestLine
    case headers
    case fixedBody(Int)
    case chunkSize
    case chunkData(Int)
    case chunkEnd
    case trailers
    case end
    case failed(HTTPParseError)
  }

  private let limits: HTTPLimits
  private var buffer = LineBuffer()
  private var state = State.requestLine
  /// What has come of a head.
  private var line: RequestLine?
  private var headers = HTTPFields()
  private var headerBytes = 0
  private var overhead = 0
  private var hasSkippedEmptyLine = false

  /// A parser at the start of a connection.
  public init(limits: HTTPLimits) {
    self.limits = limits
  }

  /// Takes received bytes.
  public mutating func append(_ bytes: [UInt8]) {
    buffer.append(bytes)
  }

  /// How many bytes wait to be parsed.
  public var pendingCount: Int { buffer.count }

  /// Nothing of the next request has come yet.
  public var isBetweenRequests: Bool {
    if case .requestLine = state { return buffer.isEmpty && !hasSkippedEmptyLine }
    return false
  }

  /// Takes the bytes after the last request, for the protocol that follows an upgrade.
  public mutating func takeRemainder() -> [UInt8] {
    buffer.take(max: buffer.count)
  }

  /// The next event; `nil` when more bytes are needed.
  ///
  /// Throws `HTTPParseError`; limits are checked before more than they allow is buffered by a line.
  public mutating func next() throws(HTTPParseError) -> Event? {
    do throws(HTTPParseError) {
      while true {
        switch try step() {
        case .event(let event): return event
        case .starved: return nil
        case .advanced: continue
        }
      }
    } catch {
      state = .failed(error)
      throw error
    }
  }

  // MARK: - Steps

  private enum Step {
    case event(Event)
    case advanced
    case starved
  }

  private mutating func step() throws(HTTPParseError) -> Step {
    switch state {
    case .requestLine: return try requestLine()
    case .headers: return try header()
    case .fixedBody(let left): return body(left: left) { $0 == 0 ? .end : .fixedBody($0) }
    case .chunkSize: return try chunkSize()
    case .chunkData(let left): return body(left: left) { $0 == 0 ? .chunkEnd : .chunkData($0) }
    case .chunkEnd: return try chunkEnd()
    case .trailers: return try trailer()
    case .end:
      state = .requestLine
      return .event(.end)
    case .failed(let error): throw error
    }
  }

  private mutating func requestLine() throws(HTTPParseError) -> Step {
    let tooLong = HTTPParseError.requestLineTooLong(limit: limits.requestLine)
    guard let line = try buffer.takeLine(limit: limits.requestLine, tooLong: tooLong) else { return .starved }
    if line.isEmpty {
      // RFC 9112 section 2.2: one empty line before a request line is ignored.
      if hasSkippedEmptyLine { throw .badRequestLine }
      hasSkippedEmptyLine = true
      return .advanced
    }
    hasSkippedEmptyLine = false
    headerBytes = 0
    self.line = try RequestLine(parsing: line)
    state = .headers
    return .advanced
  }

  private mutating func header() throws(HTTPParseError) -> Step {
    guard let text = try buffer.takeLine(limit: limits.headerLine, tooLong: .headersTooLarge) else {
      // Half of the empty line that ends them is no part of them.
      let isEnding = buffer.count == 1 && buffer.first == 0x0D
      if !isEnding, headerBytes + buffer.count > limits.headers { throw .headersTooLarge }
      return .starved
    }
    if text.isEmpty {
      guard let line else { throw .badRequestLine }
      let head = try HeadAssembler.head(line, headers)
      self.line = nil
      headers = HTTPFields()
      switch head.framing {
      case .none: state = .end
      case .length(let count): state = .fixedBody(count)
      case .chunked:
        overhead = 0
        state = .chunkSize
      }
      return .event(.head(head))
    }
    headerBytes += text.count + 2
    if headerBytes > limits.headers || headers.count >= limits.headerCount { throw .headersTooLarge }
    headers.append(try HeaderLine.parse(text))
    return .advanced
  }

  private mutating func body(left: Int, then next: (Int) -> State) -> Step {
    if buffer.isEmpty { return .starved }
    let bytes = buffer.take(max: left)
    state = next(left - bytes.count)
    return .event(.body(bytes))
  }

  private mutating func chunkSize() throws(HTTPParseError) -> Step {
    let tooLarge = HTTPParseError.chunkOverheadTooLarge(limit: limits.chunkOverhead)
    let left = limits.chunkOverhead - overhead
    guard let line = try buffer.takeLine(limit: left + 16, tooLong: tooLarge) else { return .starved }
    let digits = line.prefix { hexValue($0) != nil }
    guard (1...16).contains(digits.count) else { throw .badChunkSize }
    let rest = line[digits.endIndex...]
    guard ChunkExtensions.isValid(rest) else { throw .badChunkSize }
    if rest.count > left { throw tooLarge }
    overhead += rest.count
    let size = digits.reduce(UInt64(0)) { $0 << 4 | UInt64(hexValue($1) ?? 0) }
    guard let size = Int(exactly: size) else { throw .badChunkSize }
    state = size == 0 ? .trailers : .chunkData(size)
    return .advanced
  }

  private mutating func chunkEnd() throws(HTTPParseError) -> Step {
    // The two bytes after a chunk are checked: a parser that only skips them lets a request be smuggled.
    guard let first = buffer.first else { return .starved }
    guard first == 0x0D else { throw .badChunkEnd }
    guard let line = try buffer.takeLine(limit: 0, tooLong: .badChunkEnd) else { return .starved }
    guard line.isEmpty else { throw .badChunkEnd }
    state = .chunkSize
    return .advanced
  }

  private mutating func trailer() throws(HTTPParseError) -> Step {
    let tooLarge = HTTPParseError.chunkOverheadTooLarge(limit: limits.chunkOverhead)
    let left = limits.chunkOverhead - overhead
    guard let line = try buffer.takeLine(limit: left, tooLong: tooLarge) else { return .starved }
    if line.isEmpty {
      state = .end
      return .advanced
    }
    overhead += line.count
    // Checked and dropped: nothing here needs trailers. Those that would change the framing or the host are
    // forbidden (RFC 9110 section 6.5.1), lest somebody on the way believes them.
    let name = try HeaderLine.parse(line).name.canonicalName
    if ["content-length", "transfer-encoding", "host"].contains(name) { throw .badHeader }
    return .advanced
  }
}
