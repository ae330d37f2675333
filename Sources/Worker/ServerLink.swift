import Generation
import Logging
import Sockets
import WorkerProtocol

/// Links to the server, one after another: connects, proves itself, talks, and comes back when cut.
struct ServerLink: Sendable {
  let address: ServerAddress
  let worker: WorkerID
  let secret: SharedSecret
  /// Whether the link may leave this host in clear text.
  let allowsInsecure: Bool
  /// Seconds without a link after which the worker ends; nil: never.
  let giveUpAfter: Int?
  let loop: EventLoop
  let resolver: ThreadExecutor
  let core: WorkerCore
  let logger: Logger

  /// Keeps a link up until the task is cancelled.
  ///
  /// - Throws: `WorkerError.gaveUp`, `CancellationError`.
  func run() async throws {
    var backoff = Backoff()
    var lastLinked = MonotonicInstant.now
    while true {
      try Task.checkCancellation()
      do {
        let (connection, decoder) = try await open()
        backoff.reset()
        let ended = await Self.session(connection, decoder, core: core, logger: logger)
        await connection.close()
        logger.warning("link ended", metadata: ["reason": "\(ended)"])
        lastLinked = MonotonicInstant.now
      } catch {
        try Task.checkCancellation()
        logger.info("no link yet", metadata: ["server": "\(address)", "reason": "\(error)"])
      }
      if let giveUpAfter, MonotonicInstant.now - lastLinked > .seconds(giveUpAfter) {
        throw WorkerError.gaveUp(seconds: giveUpAfter)
      }
      try await Task.sleep(for: backoff.wait())
    }
  }

  /// Connects and shakes hands, within `LinkTimers.handshake`; the decoder may hold the first bytes after it.
  private func open() async throws -> (Connection, FrameDecoder) {
    let candidates = try await resolver.run { [address] in
      try SocketAddress.resolve(host: address.host, port: address.port)
    }
    let deadline = MonotonicInstant.now + LinkTimers.handshake
    var failure: any Error = WorkerError.linkLost("the host has no address")
    for candidate in candidates {
      guard candidate.isLoopback || allowsInsecure else {
        failure = WorkerError.linkLost(
          "\(candidate.host) is not this host and the link is clear text: go through SSH, or say --insecure-link"
        )
        continue
      }
      do {
        let connection = try await Connection.connect(to: candidate, on: loop, deadline: deadline)
        return (connection, try await shakeHands(connection, until: deadline))
      } catch { failure = error }
    }
    throw failure
  }

  private func shakeHands(_ connection: Connection, until deadline: MonotonicInstant) async throws
    -> FrameDecoder
  {
    var decoder = FrameDecoder(side: .worker)
    var handshake = WorkerHandshake(worker: worker, secret: secret)
    while true {
      while let frame = try decoder.next() {
        switch handshake.receive(try ServerMessage(frame)) {
        case .send(let message): try await connection.write(FrameEncoder.encode(message.frame()))
        case .established:
          decoder.expectation = .session
          return decoder
        case .refuse(let error): throw error
        }
      }
      let bytes = try await connection.read(until: deadline)
      guard !bytes.isEmpty else { throw WorkerError.linkLost("the server closed it during the handshake") }
      decoder.append(bytes)
    }
  }

  /// Talks until one side ends it; returns why.
  private static func session(
    _ connection: Connection, _ decoder: FrameDecoder, core: WorkerCore, logger: Logger
  ) async -> any Error {
    let (messages, outbox) = AsyncStream<WorkerMessage>.makeStream()
    await core.attach(outbox)
    logger.info("linked", metadata: ["server": "\(connection.peer)"])
    let reason: any Error = await withTaskGroup(of: (any Error).self) { group in
      group.addTask { await reasonOfEnd { try await read(connection, decoder, core) } }
      group.addTask { await reasonOfEnd { try await write(messages, connection) } }
      group.addTask {
        await reasonOfEnd {
          while true {
            await core.heartbeat()
            try await Task.sleep(for: LinkTimers.heartbeat)
          }
        }
      }
      let first = await group.next() ?? CancellationError()
      group.cancelAll()
      return first
    }
    await core.detach()
    return reason
  }

  private static func reasonOfEnd(_ body: () async throws -> Void) async -> any Error {
    do {
      try await body()
      return WorkerError.linkLost("the other side closed it")
    } catch { return error }
  }

  /// Hands over what the server says; silence for `LinkTimers.silence` ends the link.
  private static func read(
    _ connection: Connection, _ decoder: FrameDecoder, _ core: WorkerCore
  ) async throws {
    var decoder = decoder
    var patience = FramePatience<MonotonicInstant>(silence: LinkTimers.silence)
    while true {
      var hasTaken = false
      while let frame = try decoder.next() {
        await core.receive(try ServerMessage(frame))
        hasTaken = true
      }
      let deadline = patience.deadline(
        buffered: decoder.bufferedBytes, hasTaken: hasTaken, now: MonotonicInstant.now)
      let bytes = try await connection.read(until: deadline)
      guard !bytes.isEmpty else { return }
      decoder.append(bytes)
    }
  }

  private static func write(_ messages: AsyncStream<WorkerMessage>, _ connection: Connection) async throws {
    for await message in messages {
      try await connection.write(FrameEncoder.encode(message.frame()))
      if message == .goodbye { return }
    }
  }
}
