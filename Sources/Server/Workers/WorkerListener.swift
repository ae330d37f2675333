import Generation
import JobQueue
import Logging
import ServiceLifecycle
import Sockets
import Synchronization
import WorkerProtocol

/// Listens for workers, lets in those that know the secret, and runs a session for each.
final class WorkerListener: Service {
  /// The address workers connect to.
  let address: SocketAddress
  private let listener: Listener
  private let loop: EventLoop
  private let secret: SharedSecret
  private let parts: WorkerParts
  /// Who hands out jobs.
  let dispatcher: Dispatcher
  private let drain: Duration
  private let limiter: Mutex<HandshakeLimiter>
  private let pending = Mutex(0)

  private init(
    listener: Listener, loop: EventLoop, secret: SharedSecret, dispatcher: Dispatcher, drain: Duration
  ) {
    self.listener = listener
    self.loop = loop
    self.secret = secret
    parts = dispatcher.parts
    self.drain = drain
    address = listener.address
    self.dispatcher = dispatcher
    limiter = Mutex(
      HandshakeLimiter(
        perName: parts.options.failuresPerName, perAddress: parts.options.failuresPerAddress))
  }

  /// Binds to an address, loopback unless somebody knows why not: the link is plain text.
  ///
  /// - Parameter drain: how long a stop waits for running jobs.
  /// - Throws: `SocketError` when the port is taken.
  static func bind(
    to address: SocketAddress, on loop: EventLoop, secret: SharedSecret, dispatcher: Dispatcher,
    drain: Duration = .seconds(20)
  ) async throws(SocketError) -> WorkerListener {
    let listener = try await Listener.bind(to: address, on: loop, backlog: 64)
    return WorkerListener(
      listener: listener, loop: loop, secret: secret, dispatcher: dispatcher, drain: drain)
  }

  /// Serves workers until a graceful shutdown has drained them, or the task is cancelled.
  func run() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      // Ends when the listener is closed and every session has ended by the goodbye it was sent.
      group.addTask { try await self.accept() }
      group.addTask { await self.dispatcher.run() }
      group.addTask {
        try await gracefulShutdown()
        await self.stop()
        // A worker that does not take the goodbye must not hold up the stop.
        try await Task.sleep(for: .seconds(2))
      }
      defer { group.cancelAll() }
      try await group.next()
    }
  }

  /// Stops as a graceful shutdown does: for callers outside a service group.
  func stop() async {
    await dispatcher.drain(within: drain)
    await listener.close()
  }

  private func accept() async throws {
    try await withThrowingDiscardingTaskGroup { group in
      while true {
        let accepted: AcceptedSocket
        do throws(SocketError) {
          accepted = try await self.listener.accept()
        } catch {
          if error == .closed { break }
          throw error
        }
        guard !accepted.isReserve, self.admits(accepted.peer) else { continue }
        group.addTask { await self.serve(accepted) }
      }
    }
  }

  private func admits(_ peer: SocketAddress) -> Bool {
    guard limiter.withLock({ $0.admits(peer, now: parts.clock.uptime) }) else { return false }
    return pending.withLock { pending in
      guard pending < parts.options.pendingHandshakes else { return false }
      pending += 1
      return true
    }
  }

  private func serve(_ accepted: AcceptedSocket) async {
    let connection: Connection
    let worker: WorkerID
    let decoder: FrameDecoder
    do {
      defer { pending.withLock { $0 -= 1 } }
      guard let connected = try? await Connection.adopt(accepted, on: loop, options: .link) else { return }
      connection = connected
      guard let greeted = await greet(connection) else { return }
      (worker, decoder) = greeted
    }
    let session = WorkerSession(
      worker: worker, connection: connection, dispatcher: dispatcher, parts: parts)
    parts.logger.info("worker connected", metadata: ["worker": "\(worker)", "peer": "\(accepted.peer)"])
    await dispatcher.attach(session)
    let end = await session.run(decoder)
    parts.logger.info("worker's link ended", metadata: ["worker": "\(worker)", "reason": "\(end)"])
    await dispatcher.detach(session)
  }

  /// Shakes hands; nil when the peer was refused, always after the same delay and without a word.
  private func greet(_ connection: Connection) async -> (WorkerID, FrameDecoder)? {
    let deadline = MonotonicInstant.now + parts.options.handshake
    var name: WorkerID?
    do {
      return try await shakeHands(connection, until: deadline, claiming: &name)
    } catch HandshakeFailure.nothingSaid {
      // A look whether the port is open, not a try.
      await connection.close()
    } catch {
      limiter.withLock { $0.failed(connection.peer, name: name, now: parts.clock.uptime) }
      parts.logger.warning(
        "a worker was refused", metadata: ["peer": "\(connection.peer)", "reason": "\(error)"])
      try? await Task.sleep(for: parts.options.refusalDelay)
      await connection.close()
    }
    return nil
  }

  private enum HandshakeFailure: Error {
    case nothingSaid
    case leftEarly
    case tooManyFailures
  }

  private func shakeHands(
    _ connection: Connection, until deadline: MonotonicInstant, claiming name: inout WorkerID?
  ) async throws -> (WorkerID, FrameDecoder) {
    var handshake = ServerHandshake(secret: secret)
    var decoder = FrameDecoder(side: .server)
    try await connection.write(FrameEncoder.encode(handshake.challenge.frame()))
    var hasSpoken = false
    while true {
      let bytes = try await connection.read(max: 1024, until: deadline)
      guard !bytes.isEmpty else {
        throw hasSpoken ? HandshakeFailure.leftEarly : HandshakeFailure.nothingSaid
      }
      hasSpoken = true
      decoder.append(bytes)
      guard let frame = try decoder.next() else { continue }
      let message = try WorkerMessage(frame)
      if case .hello(let hello) = message {
        name = hello.worker
        let mayTry = limiter.withLock {
          $0.admits(hello.worker, from: connection.peer, now: parts.clock.uptime)
        }
        guard mayTry else { throw HandshakeFailure.tooManyFailures }
      }
      switch handshake.receive(message) {
      case .welcome(let welcome, let worker):
        try await connection.write(FrameEncoder.encode(welcome.frame()))
        decoder.expectation = .session
        return (worker, decoder)
      case .refuse(let error): throw error
      }
    }
  }
}
