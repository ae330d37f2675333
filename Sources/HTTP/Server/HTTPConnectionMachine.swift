internal import HTTPTypes
internal import Sockets

/// The life of one HTTP connection as a value: what to do next, and until when.
///
/// It holds no socket and asks no clock: the driver does what an action says and reports what happened, with
/// the time. Requests are answered strictly in order; while one is answered nothing is read, so a client is at
/// most one read (64 KiB) ahead.
struct HTTPConnectionMachine {
  /// What the driver must do before it asks again.
  enum Action {
    /// Read, then report `received`, `reachedEnd` or `deadlinePassed`.
    case read(until: MonotonicInstant)
    /// Decide about the request, then report `planned` or `answering`.
    case plan(RequestHead)
    /// Send `100 Continue`.
    case sendContinue
    /// Take a part of the body.
    case bodyPart([UInt8])
    /// The body is whole: answer, then report `answering` and `answered`.
    case respond
    /// Send this refusal with `Connection: close`, then report `refused`.
    case refuse(HTTPError)
    /// Say that nothing more will be written, and read and drop, reporting `received`, until the end.
    case drain(until: MonotonicInstant)
    /// Close.
    case close
  }

  private enum State {
    /// Waits for the first byte of a request.
    case idle(until: MonotonicInstant)
    /// Some of the headers have come.
    case head(until: MonotonicInstant)
    case planning
    case body(BodyProgress)
    case responding
    case refusing
    case draining(until: MonotonicInstant, left: Int)
    case closed
  }

  private struct BodyProgress {
    let limit: Int
    let begun: MonotonicInstant
    var lastRead: MonotonicInstant
    var taken = 0
    var mustContinue: Bool
  }

  private let limits: HTTPLimits
  private var parser: HTTPRequestParser
  private var state: State
  private var framing = BodyFraming.none
  private var expectsContinue = false
  private var wantsKeepAlive = false
  private var requests = 0
  private(set) var isShuttingDown = false
  private var peerHasEnded = false

  init(limits: HTTPLimits, at now: MonotonicInstant) {
    self.limits = limits
    parser = HTTPRequestParser(limits: limits)
    state = .idle(until: now + limits.headerDeadline)
  }

  /// Nothing is under way, so the connection can be closed without harm.
  var isIdle: Bool {
    if case .idle = state { return true }
    return false
  }

  // MARK: - What happened

  mutating func received(_ bytes: [UInt8], at now: MonotonicInstant) {
    switch state {
    case .draining(let until, let left): state = .draining(until: until, left: left - bytes.count)
    case .idle:
      state = .head(until: now + limits.headerDeadline)
      parser.append(bytes)
    case .body(var progress):
      progress.lastRead = now
      state = .body(progress)
      parser.append(bytes)
    default: parser.append(bytes)
    }
  }

  /// The peer will send nothing more.
  mutating func reachedEnd() {
    peerHasEnded = true
    // A request that is cut off needs no answer, and an idle connection is over.
    state = .closed
  }

  /// The deadline of the last `read` or `drain` has passed.
  mutating func deadlinePassed() {
    switch state {
    case .head, .body: state = .refusing
    default: state = .closed
    }
  }

  /// The body is to be read, at most `limit` bytes.
  mutating func planned(limit: Int, at now: MonotonicInstant) {
    guard framing != .none else {
      state = .responding
      return
    }
    state = .body(BodyProgress(limit: limit, begun: now, lastRead: now, mustContinue: expectsContinue))
  }

  /// A response is about to be sent.
  ///
  /// Returns whether the connection stays open after it.
  mutating func answering() -> Bool {
    wantsKeepAlive = wouldKeepAlive
    state = .responding
    return wantsKeepAlive
  }

  /// Whether the connection would stay open after a response that is sent now.
  var wouldKeepAlive: Bool {
    switch state {
    // An unread body cannot be told from the next request, so the connection ends with it.
    case .planning where framing != .none: return false
    case .body: return false
    default: break
    }
    return wantsKeepAlive && !isShuttingDown && !peerHasEnded && requests < limits.requestsPerConnection
  }

  /// The response was sent.
  mutating func answered(mustClose: Bool = false, at now: MonotonicInstant) {
    if !wantsKeepAlive || mustClose || isShuttingDown {
      state = .draining(until: now + limits.drainTime, left: limits.drainBytes)
    } else {
      state =
        parser.isBetweenRequests
        ? .idle(until: now + limits.keepAlive) : .head(until: now + limits.headerDeadline)
    }
  }

  /// The refusal was sent.
  mutating func refused(at now: MonotonicInstant) {
    state = .draining(until: now + limits.drainTime, left: limits.drainBytes)
  }

  /// No further request is wanted: an idle connection closes, a busy one after its response.
  mutating func shutDown() {
    isShuttingDown = true
    if isIdle { state = .closed }
  }

  /// The bytes after the last request, for the protocol that follows an upgrade.
  mutating func takeRemainder() -> [UInt8] {
    parser.takeRemainder()
  }

  // MARK: - What to do

  mutating func next(at now: MonotonicInstant) -> Action {
    switch state {
    case .closed: return .close
    case .draining(let until, let left): return left > 0 && now < until ? .drain(until: until) : .close
    case .refusing:
      return .refuse(HTTPError(.requestTimeout, "request_timeout", "the request took too long to arrive"))
    case .planning, .responding: return .respond
    case .idle(let until): return .read(until: until)
    case .head(let until): return nextOfHead(until: until)
    case .body(let progress): return nextOfBody(progress)
    }
  }

  private mutating func nextOfHead(until: MonotonicInstant) -> Action {
    do throws(HTTPParseError) {
      guard case .head(let head)? = try parser.next() else { return .read(until: until) }
      requests += 1
      framing = head.framing
      expectsContinue = head.expectsContinue
      wantsKeepAlive = head.keepAlive
      if framing == .none { _ = try parser.next() }  // The end of the request, so that nothing of it is left.
      state = .planning
      return .plan(head)
    } catch {
      return .refuse(error.response)
    }
  }

  private mutating func nextOfBody(_ progress: BodyProgress) -> Action {
    var progress = progress
    if case .length(let length) = framing, length > progress.limit {
      return .refuse(.bodyTooLarge(limit: progress.limit))
    }
    do throws(HTTPParseError) {
      switch try parser.next() {
      case .body(let bytes)?:
        progress.taken += bytes.count
        progress.mustContinue = false
        state = .body(progress)
        return progress.taken > progress.limit
          ? .refuse(.bodyTooLarge(limit: progress.limit)) : .bodyPart(bytes)
      case .end?:
        state = .responding
        return .respond
      case .head?, nil:
        if progress.mustContinue {
          progress.mustContinue = false
          state = .body(progress)
          return .sendContinue
        }
        return .read(until: deadline(of: progress))
      }
    } catch {
      return .refuse(error.response)
    }
  }

  /// The whole body has its grace and its time by size (for chunks: by what has come); each read has its own.
  private func deadline(of progress: BodyProgress) -> MonotonicInstant {
    var size = progress.taken
    if case .length(let length) = framing { size = length }
    let whole = progress.begun + limits.bodyGrace + .seconds(Double(size) / Double(limits.bodyBytesPerSecond))
    return min(whole, progress.lastRead + limits.bodyIdle)
  }
}
