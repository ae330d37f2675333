internal import Logging
public import Sockets

/// An open WebSocket, in the hands of its handler.
///
/// Lives as long as the handler runs: when the handler returns the conversation is closed with 1000, when it
/// throws with 1011, and when the peer goes away the handler's task is cancelled and `messages` ends. A handler
/// must read `messages` (or ignore them by `discardMessages`), for nothing is read from a peer whose messages
/// nobody takes.
public actor WebSocketConnection {
  /// The peer's address.
  public nonisolated let peer: SocketAddress
  private let socket: Connection
  private let limits: WebSocketLimits
  private let logger: Logger
  private var machine: WebSocketMachine
  private var outbox: WebSocketOutbox
  private var inbox: [WebSocketMessage] = []
  private let received: [UInt8]
  private var discardsMessages = false
  private var hasEnded = false
  /// What remains to be done when the application has handled the messages that came before the end.
  private var pendingEnd: [WebSocketMachine.Action] = []
  /// The application has taken a message and not yet asked for the next.
  private var isHandling = false
  private let reader = Waiter()
  private var writer: Task<Void, Never>?
  private let consumer = Waiter()
  private var producers: [CheckedContinuation<Void, Never>] = []

  /// Runs on the loop of its socket.
  public nonisolated var unownedExecutor: UnownedSerialExecutor {
    unsafe socket.loop.asUnownedSerialExecutor()
  }

  init(_ socket: Connection, limits: WebSocketLimits, received: [UInt8], logger: Logger) {
    self.socket = socket
    self.limits = limits
    self.received = received
    self.logger = logger
    peer = socket.peer
    machine = WebSocketMachine(limits: limits, at: SuspendingClock.now)
    outbox = WebSocketOutbox(limits: limits)
  }

  // MARK: - For the handler

  /// The peer's messages in order; ends when the conversation does.
  ///
  /// For one consumer.
  public nonisolated var messages: WebSocketMessages { WebSocketMessages(connection: self) }

  /// Whether messages can still be sent.
  public var isOpen: Bool { !hasEnded && (machine.isOpen || !pendingEnd.isEmpty) }

  /// What ended the conversation, as the peer said it or as was found; `nil` while it goes on.
  public var closeCode: WebSocketCloseCode? { machine.closeCode }

  /// Queues a message; does not wait for it to be sent.
  ///
  /// Throws `WebSocketError.closed`, and `.tooSlow` when a reliable message does not fit: the connection is then
  /// being closed with 4009.
  public func send(_ message: WebSocketMessage, _ priority: WebSocketPriority = .reliable)
    throws(WebSocketError)
  {
    guard isOpen else { throw .closed }
    guard outbox.add(WebSocketEncoder.message(message), priority) else {
      apply(machine.close(.tooSlow, reason: "too slow", dropping: true, at: SuspendingClock.now))
      throw .tooSlow
    }
    flush()
  }

  /// Queues a text message; see `send(_:_:)`.
  public func send(text: String, _ priority: WebSocketPriority = .reliable) throws(WebSocketError) {
    try send(.text(text), priority)
  }

  /// Waits until at most half of the outbox is full, or the conversation ends.
  public func waitForRoom() async {
    if outbox.hasRoom || !isOpen { return }
    await withCheckedContinuation { producers.append($0) }
  }

  /// Drops the peer's messages, now and later: for a handler that only sends.
  public func discardMessages() {
    discardsMessages = true
    inbox = []
    finishIfHandled()
    reader.wake()
  }

  /// Starts the close handshake after what is queued; harmless when it has begun already.
  public func close(_ code: WebSocketCloseCode, reason: String = "") {
    apply(machine.close(code, reason: reason, at: SuspendingClock.now))
  }

  /// The next message; `nil` when the conversation has ended or the task is cancelled.
  func nextMessage() async -> WebSocketMessage? {
    isHandling = false
    finishIfHandled()
    while inbox.isEmpty, !hasEnded, !Task.isCancelled { await consumer.wait() }
    if inbox.isEmpty || Task.isCancelled { return nil }
    let message = inbox.removeFirst()
    isHandling = true
    reader.wake()
    return message
  }

  // MARK: - Driving

  /// The whole conversation; the socket is shut down after it.
  ///
  /// An idle socket is two tasks, this one, which reads, and the handler's: there may be ten thousand of them.
  func run(_ handler: @escaping @Sendable (WebSocketConnection) async throws -> Void) async {
    await withDiscardingTaskGroup { group in
      group.addTask { await self.handle(handler) }
      await readAll()
      await waitForWriter()
      end()
      group.cancelAll()
    }
    await drain()
  }

  /// Ends at once.
  func abort() async {
    await socket.abort()
  }

  private func handle(_ handler: @Sendable (WebSocketConnection) async throws -> Void) async {
    do {
      try await handler(self)
      close(.normal)
    } catch is CancellationError {
      close(.goingAway)
    } catch {
      if isOpen { logger.error("websocket handler failed", metadata: ["error": "\(error)"]) }
      close(.internalError)
    }
    isHandling = false
    inbox = []
    finishIfHandled()
  }

  private func readAll() async {
    apply(machine.received(received, at: SuspendingClock.now))
    while !machine.isFinished {
      if inbox.count >= limits.inbox {
        await waitForConsumer()
        continue
      }
      do throws(SocketError) {
        let bytes = try await socket.read(until: machine.deadline)
        apply(bytes.isEmpty ? machine.reachedEnd() : machine.received(bytes, at: SuspendingClock.now))
      } catch .timedOut(call: _) {
        apply(machine.deadlinePassed(at: SuspendingClock.now))
      } catch .interrupted {
        continue
      } catch {
        apply(machine.reachedEnd())
      }
    }
    await waitForHandling()
    end()
  }

  /// Pings go on while the application does not take messages, but their pongs cannot be seen: a peer is given
  /// one pong timeout for the application's sake, then it is closed.
  private func waitForConsumer() async {
    let timer = socket.loop.schedule(at: SuspendingClock.now + limits.pongTimeout) { [weak self] in
      self?.assumeIsolated { connection in
        guard connection.inbox.count >= connection.limits.inbox else { return }
        connection.apply(connection.machine.close(.policyViolation, dropping: true, at: SuspendingClock.now))
        connection.discardMessages()
      }
    }
    await reader.wait()
    socket.loop.cancel(timer)
    if Task.isCancelled { apply(machine.reachedEnd()) }
  }

  /// Gives the application a moment to answer the messages that came before the end.
  private func waitForHandling() async {
    if pendingEnd.isEmpty { return }
    let timer = socket.loop.schedule(at: SuspendingClock.now + limits.closeTimeout) { [weak self] in
      self?.assumeIsolated { $0.finish() }
    }
    while !pendingEnd.isEmpty, !Task.isCancelled { await reader.wait() }
    socket.loop.cancel(timer)
    finish()
  }

  private func finishIfHandled() {
    if inbox.isEmpty, !isHandling { finish() }
  }

  private func finish() {
    let actions = pendingEnd
    pendingEnd = []
    for action in actions { apply(action) }
    flush()
    reader.wake()
  }

  // MARK: - Writing

  /// Sends what waits as far as the peer takes it; what it does not take now a task of its own sends.
  private func flush() {
    while writer == nil, !outbox.isEmpty {
      let bytes = outbox.take()
      if let sent = socket.assumeIsolated({ $0.sendNow(bytes) }) {
        if sent < bytes.count { writer = Task { await self.write(bytes, from: sent) } }
      } else {
        lose()
      }
      if outbox.hasRoom { releaseProducers() }
    }
  }

  private func write(_ bytes: [UInt8], from sent: Int) async {
    do throws(SocketError) {
      try await socket.write(bytes, from: sent)
      while !outbox.isEmpty {
        if outbox.hasRoom { releaseProducers() }
        try await socket.write(outbox.take())
      }
    } catch {
      lose()
    }
    writer = nil
    releaseProducers()
  }

  /// The peer takes nothing any more.
  private func lose() {
    outbox.removeAll()
    socket.assumeIsolated { $0.abort() }
    apply(machine.reachedEnd())
  }

  /// Gives what waits to be sent, the close frame last, a moment.
  private func waitForWriter() async {
    guard writer != nil else { return }
    let timer = socket.loop.schedule(at: SuspendingClock.now + limits.closeTimeout) { [weak self] in
      self?.assumeIsolated { $0.writer?.cancel() }
    }
    while let writer {
      await withTaskCancellationHandler {
        await writer.value
      } onCancel: {
        writer.cancel()
      }
    }
    socket.loop.cancel(timer)
  }

  private func apply(_ actions: [WebSocketMachine.Action]) {
    for (index, action) in actions.enumerated() {
      // What the peer said before it ended the conversation is answered first.
      if case .sendClose = action, machine.isFinished, isHandling || !inbox.isEmpty {
        pendingEnd = Array(actions[index...])
        break
      }
      apply(action)
    }
    flush()
  }

  private func apply(_ action: WebSocketMachine.Action) {
    switch action {
    case .deliver(let message):
      if discardsMessages { return }
      inbox.append(message)
      consumer.wake()
    case .sendControl(let frame): outbox.addControl(frame)
    case .sendClose(let frame, let dropping):
      outbox.addClosing(frame, dropping: dropping)
      releaseProducers()
    case .finish: end()
    }
  }

  private func end() {
    hasEnded = true
    consumer.wake()
    reader.wake()
    releaseProducers()
  }

  private func releaseProducers() {
    let waiting = producers
    producers = []
    for producer in waiting { producer.resume() }
  }

  /// Reads and drops for a moment, so that the close frame is not lost to a reset.
  private func drain() async {
    await socket.shutdownWrite()
    let deadline = SuspendingClock.now + .seconds(1)
    var left = 64 * 1024
    while left > 0, let bytes = try? await socket.read(until: deadline), !bytes.isEmpty {
      left -= bytes.count
    }
    await socket.close()
  }
}
