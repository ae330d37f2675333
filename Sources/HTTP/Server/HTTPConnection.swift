internal import HTTPTypes
internal import Logging
internal import Sockets

/// Drives one accepted connection: does what its machine says.
///
/// Runs on the loop of its socket; handlers run elsewhere.
actor HTTPConnection {
  /// What all connections of a server share.
  struct Shared: Sendable {
    let responder: any Responder
    let limits: HTTPLimits
    let bodies: BodyBudget
    let files: ThreadExecutor?
    /// Hears the status of each refusal that no responder gave.
    let refused: @Sendable (Int) -> Void
    let logger: Logger
  }

  private let socket: Connection
  private let shared: Shared
  private var machine: HTTPConnectionMachine
  private var head: RequestHead?
  private var body: [UInt8] = []
  /// Bytes taken from the budget for `body`.
  private var reserved = 0
  private var plan: RequestPlan?
  private var upgraded: Upgrade?

  /// A WebSocket that goes on where the request ended.
  struct Upgrade: Sendable {
    let connection: WebSocketConnection
    let handler: @Sendable (WebSocketConnection) async throws -> Void
  }

  nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe socket.loop.asUnownedSerialExecutor() }

  init(_ socket: Connection, shared: Shared) {
    self.socket = socket
    self.shared = shared
    machine = HTTPConnectionMachine(limits: shared.limits, at: SuspendingClock.now)
  }

  /// Serves requests until the connection ends, for whatever reason; then it is closed.
  ///
  /// Returns the WebSocket it has become, if so: that is run by a task of its own, so that an idle one does not
  /// hold what a request needed.
  func run() async -> Upgrade? {
    do {
      while try await perform(machine.next(at: SuspendingClock.now)) {}
      if let upgraded { return upgraded }
      await socket.close()
    } catch let error as SocketError {
      if case .timedOut(let call) = error, call != "read" {
        await socket.abort()
      } else {
        await socket.close()
      }
      if !error.isDisconnect, error != .cancelled {
        shared.logger.debug("connection ended", metadata: ["error": "\(error)"])
      }
    } catch {
      shared.logger.debug("connection ended", metadata: ["error": "\(error)"])
      await socket.abort()
    }
    releaseBody()
    if case .stream(_, let sink)? = plan { await sink.abandon() }
    return nil
  }

  /// Finishes what is under way and takes no further request.
  func shutDown() async {
    let wasIdle = machine.isIdle
    machine.shutDown()
    if wasIdle { await socket.interruptRead() }
  }

  /// Ends at once.
  func abort() async {
    await socket.abort()
  }

  // MARK: - Actions

  private func perform(_ action: HTTPConnectionMachine.Action) async throws -> Bool {
    switch action {
    case .close: return false
    case .read(let until): try await read(until: until)
    case .drain(let until):
      await socket.shutdownWrite()
      try await read(until: until)
    case .plan(let head): try await decide(head)
    case .sendContinue: try await socket.write(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8))
    case .bodyPart(let bytes): try await take(bytes)
    case .respond: return try await respond()
    case .refuse(let error): try await refuse(error)
    }
    return true
  }

  private func read(until deadline: MonotonicInstant) async throws {
    do throws(SocketError) {
      let bytes = try await socket.read(until: deadline)
      if bytes.isEmpty {
        machine.reachedEnd()
      } else {
        machine.received(bytes, at: SuspendingClock.now)
      }
    } catch .timedOut(call: _) {
      machine.deadlinePassed()
    } catch .interrupted {
      // Shutting down: the machine knows.
    }
  }

  private func decide(_ parsed: RequestHead) async throws {
    var head = parsed
    head.peer = socket.peer
    head.number = RequestID.make()
    self.head = head
    let plan = await shared.responder.plan(for: head)
    self.plan = plan
    switch plan {
    case .answer: break  // The machine asks for the response next.
    case .collect(let limit, _):
      guard reserveBody(head.framing, limit: limit) else {
        return try await refuse(.noRoomForBody(limits: shared.limits))
      }
      machine.planned(limit: limit, at: SuspendingClock.now)
    case .stream(let limit, _): machine.planned(limit: limit, at: SuspendingClock.now)
    }
  }

  private func reserveBody(_ framing: BodyFraming, limit: Int) -> Bool {
    let count =
      switch framing {
      case .none: 0
      case .length(let length): min(length, limit)
      case .chunked: limit
      }
    guard shared.bodies.reserve(count) else { return false }
    reserved = count
    return true
  }

  private func releaseBody() {
    shared.bodies.release(reserved)
    reserved = 0
    body = []
  }

  private func take(_ bytes: [UInt8]) async throws {
    guard case .stream(_, let sink)? = plan else {
      body.append(contentsOf: bytes)
      return
    }
    do {
      try await sink.write(bytes)
    } catch {
      await sink.abandon()
      plan = nil
      try await refuse(asHTTPError(error))
    }
  }

  private func respond() async throws -> Bool {
    guard let head, let plan else { return false }
    let response = await response(to: head, plan)
    self.plan = nil
    releaseBody()
    if case .webSocket(let handler) = response.body {
      try await upgrade(response, head, handler)
      return false
    }
    try await send(response, to: head)
    self.head = nil
    return true
  }

  private func response(to head: RequestHead, _ plan: RequestPlan) async -> Response {
    switch plan {
    case .answer(let response): return response
    case .collect(_, let respond): return await respond(Request(head, body: body))
    case .stream(_, let sink):
      do { return try await sink.finish() } catch { return asHTTPError(error).response }
    }
  }

  private func refuse(_ error: HTTPError) async throws {
    if case .stream(_, let sink)? = plan { await sink.abandon() }
    plan = nil
    releaseBody()
    shared.refused(error.status.code)
    let context = HTTPResponseEncoder.Context(date: DateHeader.now(), keepAlive: false)
    let response = error.response
    var bytes = try HTTPResponseEncoder.head(of: response, context)
    if case .bytes(let body) = response.body, head?.method != .head { bytes += body }
    try await socket.write(bytes)
    machine.refused(at: SuspendingClock.now)
  }

  private func asHTTPError(_ error: any Error) -> HTTPError {
    if let error = error as? HTTPError { return error }
    let id = head?.id ?? ""
    shared.logger.error("request failed", metadata: ["request": "\(id)", "error": "\(error)"])
    return .internalError(id: id)
  }

  // MARK: - Sending

  private func send(_ response: Response, to head: RequestHead) async throws {
    var keepAlive = machine.answering()
    if case .stream = response.body, head.version == .http10 { keepAlive = false }
    let context = HTTPResponseEncoder.Context(
      date: DateHeader.now(), isHead: head.method == .head, version: head.version, keepAlive: keepAlive)
    var bytes: [UInt8]
    var response = response
    do throws(HTTPResponseEncoder.EncodeError) {
      bytes = try HTTPResponseEncoder.head(of: response, context)
    } catch {
      response = asHTTPError(error).response
      bytes = try HTTPResponseEncoder.head(of: response, context)
    }
    guard HTTPResponseEncoder.sendsBody(response, isHead: head.method == .head) else {
      try await socket.write(bytes)
      return machine.answered(mustClose: !keepAlive, at: SuspendingClock.now)
    }
    try await send(response.body, after: bytes, chunked: head.version == .http11)
    machine.answered(mustClose: !keepAlive, at: SuspendingClock.now)
  }

  private func send(_ body: Response.Body, after head: [UInt8], chunked: Bool) async throws {
    switch body {
    case .none, .webSocket: try await socket.write(head)
    case .bytes(let body):
      try await socket.write(head, body)
    case .file(let file, let offset, let count):
      try await socket.write(head, more: count > 0)
      try await socket.sendFile(file, offset: offset, count: count, on: shared.files)
    case .stream(let produce):
      try await socket.write(head)
      let socket = socket
      let writer = ResponseWriter { try await socket.write(chunked ? HTTPResponseEncoder.chunk($0) : $0) }
      try await produce(writer)
      if chunked { try await socket.write(HTTPResponseEncoder.chunk([])) }
    }
  }

  private func upgrade(
    _ response: Response, _ head: RequestHead,
    _ handler: @escaping @Sendable (WebSocketConnection) async throws -> Void
  ) async throws {
    let context = HTTPResponseEncoder.Context(date: DateHeader.now())
    try await socket.write(HTTPResponseEncoder.head(of: response, context))
    let connection = WebSocketConnection(
      socket, limits: shared.limits.webSocket, received: machine.takeRemainder(), logger: shared.logger)
    upgraded = Upgrade(connection: connection, handler: handler)
  }
}
