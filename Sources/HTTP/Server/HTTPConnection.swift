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
    let answersAtOnce: @Sendable (RequestHead) -> Response?
    let limits: HTTPLimits
    let bodies: BodyBudget
    let files: ThreadExecutor?
    /// Hears the status of each refusal that no responder gave.
    let refused: @Sendable (Int) -> Void
    let logger: Logger
  }

  /// What came at once may be a thousand requests or ten thousand chunks: others come in between.
  private static let actionsPerTurn = 64

  let socket: Connection
  let shared: Shared
  var machine: HTTPConnectionMachine
  /// What `takeTurn` left to the task: an action, and before it what the peer did not take of a response.
  var pending: HTTPConnectionMachine.Action?
  var unsent: Unsent?
  private var head: RequestHead?
  private var body: [UInt8] = []
  /// Bytes taken from the budget for `body`, and how many of it others must find.
  private var reserved = 0
  private var spared = 0
  private var plan: RequestPlan?
  private var upgraded: Upgrade?

  /// A WebSocket that goes on where the request ended.
  struct Upgrade: Sendable {
    let connection: WebSocketConnection
    let handler: WebSocketConnection.Work
    /// What came together with the request.
    let received: [UInt8]
  }

  nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe socket.loop.asUnownedSerialExecutor() }

  init(_ socket: Connection, shared: Shared) {
    self.socket = socket
    self.shared = shared
    machine = HTTPConnectionMachine(limits: shared.limits, at: MonotonicInstant.now)
  }

  /// Serves requests until the connection ends, for whatever reason; then it is closed.
  ///
  /// Returns the WebSocket it has become, if so: that needs no task, so that an idle one does not hold what a
  /// request needed.
  func run() async -> Upgrade? {
    do {
      var actions = 0
      while try await perform(try await nextAction()) {
        actions += 1
        if actions.isMultiple(of: Self.actionsPerTurn) { await Task.yield() }
      }
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

  private func nextAction() async throws -> HTTPConnectionMachine.Action {
    if let rest = unsent {
      unsent = nil
      try await socket.write(rest.head, rest.body, from: rest.sent)
      machine.answered(mustClose: rest.mustClose, at: MonotonicInstant.now)
    }
    guard let action = pending else { return machine.next(at: MonotonicInstant.now) }
    pending = nil
    return action
  }

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
      let bytes = try await socket.read(until: deadline) { [self] in assumeIsolated { $0.takeTurn() } }
      if bytes.isEmpty {
        machine.reachedEnd()
      } else {
        machine.received(bytes, at: MonotonicInstant.now)
      }
    } catch .timedOut(call: _) {
      machine.deadlinePassed()
    } catch .interrupted {
      // Shutting down, or a turn was taken: the machine knows.
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
      spared = limit > shared.limits.shortBody ? shared.limits.bodiesInMemoryForShort : 0
      // What is announced is taken when it comes; if there is no room for it now, the client hears of it first.
      if case .length(let length) = head.framing,
        !shared.bodies.hasRoom(for: min(length, limit), sparing: spared)
      {
        return try await refuse(.noRoomForBody(limits: shared.limits))
      }
      machine.planned(limit: limit, at: MonotonicInstant.now)
    case .stream(let limit, _): machine.planned(limit: limit, at: MonotonicInstant.now)
    }
  }

  private func releaseBody() {
    shared.bodies.release(reserved)
    reserved = 0
    body = []
  }

  private func take(_ bytes: [UInt8]) async throws {
    guard case .stream(_, let sink)? = plan else {
      guard shared.bodies.reserve(bytes.count, sparing: spared) else {
        return try await refuse(.noRoomForBody(limits: shared.limits))
      }
      reserved += bytes.count
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
    var response = error.response
    SecurityHeaders.apply(to: &response)
    var bytes = try HTTPResponseEncoder.head(of: response, context)
    if case .bytes(let body) = response.body, head?.method != .head { bytes += body }
    try await socket.write(bytes)
    machine.refused(at: MonotonicInstant.now)
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
      return machine.answered(mustClose: !keepAlive, at: MonotonicInstant.now)
    }
    try await send(response.body, after: bytes, chunked: head.version == .http11)
    machine.answered(mustClose: !keepAlive, at: MonotonicInstant.now)
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
    _ response: Response, _ head: RequestHead, _ handler: @escaping WebSocketConnection.Work
  ) async throws {
    let context = HTTPResponseEncoder.Context(date: DateHeader.now())
    try await socket.write(HTTPResponseEncoder.head(of: response, context))
    let connection = WebSocketConnection(socket, limits: shared.limits.webSocket, logger: shared.logger)
    upgraded = Upgrade(connection: connection, handler: handler, received: machine.takeRemainder())
  }
}
