internal import Logging
public import Sockets

/// An open WebSocket, in the hands of its handler.
///
/// When the handler returns the conversation is closed with 1000, when it throws with 1011, and when the peer goes
/// away the handler's task is cancelled and `messages` ends. A handler must read `messages` (or ignore them by
/// `discardMessages`), for nothing is read from a peer whose messages nobody takes. One that only sends now and
/// then calls `remainOpen` and returns: then the socket has no task until there is something to send.
///
/// What comes is read within the loop's event, so an idle socket is this object and its timer.
public actor WebSocketConnection {
  /// What a handler does.
  public typealias Work = @Sendable (WebSocketConnection) async throws -> Void

  /// The peer's address.
  public nonisolated let peer: SocketAddress
  let socket: Connection
  let limits: WebSocketLimits
  let logger: Logger
  var machine: WebSocketMachine
  var outbox: WebSocketOutbox
  var inbox: [WebSocketMessage] = []
  private var discardsMessages = false
  private(set) var hasEnded = false
  /// What remains to be done when the application has handled the messages that came before the end.
  private var pendingEnd: [WebSocketMachine.Action] = []
  /// The application has taken a message and not yet asked for the next.
  private var isHandling = false
  /// The conversation is over and a task brings it to its end.
  private(set) var isEnding = false
  private var isClosed = false
  private var remainsOpen = false
  private var whenEnded: (@Sendable () -> Void)?
  private var whenClosed: (@Sendable () -> Void)?
  /// The handler, and how many there were.
  private var handler: Task<Void, Never>?
  private var handlers = 0
  private var consumer: Waiter?
  private var ender: Waiter?
  /// Rings at the machine's deadline or before it.
  var alarm: (id: TimerID, at: MonotonicInstant)?
  /// Nothing is read because the application takes no messages; rings when that went on for too long.
  var stall: TimerID?
  var writer: Task<Void, Never>?
  private var producers: [CheckedContinuation<Void, Never>] = []

  /// Runs on the loop of its socket.
  public nonisolated var unownedExecutor: UnownedSerialExecutor {
    unsafe socket.loop.asUnownedSerialExecutor()
  }

  init(_ socket: Connection, limits: WebSocketLimits, logger: Logger) {
    self.socket = socket
    self.limits = limits
    self.logger = logger
    peer = socket.peer
    machine = WebSocketMachine(limits: limits, at: MonotonicInstant.now)
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
      apply(machine.close(.tooSlow, reason: "too slow", dropping: true, at: MonotonicInstant.now))
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
    goOnReading()
  }

  /// The conversation goes on after the handler has returned, until the peer, `close` or an error ends it; the
  /// peer's messages are dropped, and `run` does what is to be done later.
  ///
  /// - Parameter ended: called once, when nothing can be sent any more.
  public func remainOpen(_ ended: @escaping @Sendable () -> Void) {
    remainsOpen = true
    discardMessages()
    if hasEnded { ended() } else { whenEnded = ended }
  }

  /// Does further work as the handler, after what it does now; nothing once the conversation has ended.
  public nonisolated func run(_ work: @escaping Work) {
    socket.loop.execute { self.assumeIsolated { $0.perform(work) } }
  }

  /// Starts the close handshake after what is queued; harmless when it has begun already.
  public func close(_ code: WebSocketCloseCode, reason: String = "") {
    apply(machine.close(code, reason: reason, at: MonotonicInstant.now))
  }

  /// The next message; `nil` when the conversation has ended or the task is cancelled.
  func nextMessage() async -> WebSocketMessage? {
    isHandling = false
    finishIfHandled()
    while inbox.isEmpty, !hasEnded, !Task.isCancelled {
      let waiter = consumer ?? Waiter()
      consumer = waiter
      await waiter.wait()
    }
    if inbox.isEmpty || Task.isCancelled { return nil }
    let message = inbox.removeFirst()
    isHandling = true
    goOnReading()
    return message
  }

  // MARK: - The conversation

  /// Begins the conversation, with what came together with the request; `closed` is called when it is over and the
  /// socket is closed.
  func begin(received: [UInt8], _ work: @escaping Work, closed: @escaping @Sendable () -> Void) {
    if isClosed { return closed() }
    whenClosed = closed
    perform(work)
    apply(machine.received(received, at: MonotonicInstant.now))
    if !isEnding { listen() }
  }

  /// Ends at once.
  func abort() {
    lose()
    finish()
  }

  private func perform(_ work: @escaping Work) {
    if hasEnded { return }
    let previous = handler
    handlers += 1
    let number = handlers
    handler = Task {
      await previous?.value
      await handle(work)
      if handlers == number { handler = nil }
    }
  }

  private func handle(_ work: Work) async {
    do {
      try await work(self)
      if !remainsOpen { close(.normal) }
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

  func apply(_ actions: [WebSocketMachine.Action]) {
    for (index, action) in actions.enumerated() {
      // What the peer said before it ended the conversation is answered first.
      if case .sendClose = action, machine.isFinished, isHandling || !inbox.isEmpty {
        pendingEnd = Array(actions[index...])
        break
      }
      apply(action)
    }
    flush()
    if isEnding { return }
    guard machine.isFinished else { return setAlarm() }
    isEnding = true
    stopListening()
    Task { await finishConversation() }
  }

  private func apply(_ action: WebSocketMachine.Action) {
    switch action {
    case .deliver(let message):
      if discardsMessages { return }
      inbox.append(message)
      consumer?.wake()
    case .sendControl(let frame): outbox.addControl(frame)
    case .sendClose(let frame, let dropping):
      outbox.addClosing(frame, dropping: dropping)
      releaseProducers()
    case .finish: end()
    }
  }

  private func end() {
    hasEnded = true
    consumer?.wake()
    releaseProducers()
    let ended = whenEnded
    whenEnded = nil
    ended?()
  }

  func releaseProducers() {
    let waiting = producers
    producers = []
    for producer in waiting { producer.resume() }
  }

  // MARK: - Its end

  /// What the peer said last is handled, what waits is sent, the handler ends, and the socket is closed.
  private func finishConversation() async {
    await waitForHandling()
    end()
    await waitForWriter()
    while let handler {
      handler.cancel()
      await handler.value
    }
    await drain()
    isClosed = true
    let closed = whenClosed
    whenClosed = nil
    closed?()
  }

  /// Gives the application a moment to answer the messages that came before the end.
  private func waitForHandling() async {
    if pendingEnd.isEmpty { return }
    let waiter = Waiter()
    ender = waiter
    let timer = socket.loop.schedule(at: MonotonicInstant.now + limits.closeTimeout) { [weak self] in
      self?.assumeIsolated { $0.finish() }
    }
    while !pendingEnd.isEmpty { await waiter.wait() }
    socket.loop.cancel(timer)
  }

  private func finishIfHandled() {
    if inbox.isEmpty, !isHandling { finish() }
  }

  private func finish() {
    let actions = pendingEnd
    pendingEnd = []
    for action in actions { apply(action) }
    flush()
    ender?.wake()
  }

  /// Reads and drops for a moment, so that the close frame is not lost to a reset.
  private func drain() async {
    await socket.shutdownWrite()
    let deadline = MonotonicInstant.now + .seconds(1)
    var left = 64 * 1024
    while left > 0, let bytes = try? await socket.read(until: deadline), !bytes.isEmpty {
      left -= bytes.count
    }
    await socket.close()
  }
}
