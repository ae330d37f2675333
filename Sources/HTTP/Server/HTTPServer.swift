public import Logging
public import Sockets
internal import Synchronization

/// An HTTP/1.1 server on POSIX sockets.
///
/// `bind` takes the address, `run` is the whole lifetime: it returns after `shutdown()` when the last
/// connection has ended, or when its task is cancelled.
///
/// ```swift
/// let server = try await HTTPServer.bind(to: address, loops: [loop], responder: router, logger: logger)
/// print("listening on \(server.address)")
/// try await server.run()
/// ```
public final class HTTPServer: Sendable {
  /// The address that is listened on, with the port the system chose if 0 was asked.
  public let address: SocketAddress
  private let listener: Listener
  private let loops: [EventLoop]
  private let shared: HTTPConnection.Shared
  private let registry: ConnectionRegistry
  private let shutdownSignal = Signal()

  private init(
    _ listener: Listener, loops: [EventLoop], shared: HTTPConnection.Shared, registry: ConnectionRegistry
  ) {
    self.listener = listener
    self.loops = loops
    self.shared = shared
    address = listener.address
    self.registry = registry
  }

  /// Binds and listens; callers wait until `run`.
  ///
  /// `loops` must not be empty; the first one also accepts. Files are read on `files`, so that a slow disk
  /// stops no loop. The process's limit of descriptors is raised to what `limits` need, as far as the system
  /// grants it. Many people may come through one of the `proxies`, whose ports do not matter. `refused` hears the
  /// status of each refusal that the responder did not give: at the door, by the parser, for a body that is too
  /// large or too slow. Throws `SocketError`.
  public static func bind(
    to address: SocketAddress, loops: [EventLoop], responder: any Responder,
    limits: HTTPLimits = HTTPLimits(), proxies: [SocketAddress] = [],
    files: ThreadExecutor? = nil, logger: Logger, refused: @escaping @Sendable (Int) -> Void = { _ in }
  ) async throws -> HTTPServer {
    precondition(!loops.isEmpty, "an HTTP server needs an event loop")
    let listener = try await Listener.bind(to: address, on: loops[0])
    let wanted = limits.connections + limits.descriptorReserve
    let granted = try DescriptorLimit.raise(to: wanted) - limits.descriptorReserve
    let shared = HTTPConnection.Shared(
      responder: responder, answersAtOnce: responder.answersAtOnce, limits: limits,
      bodies: BodyBudget(bytes: limits.bodiesInMemory), files: files,
      refused: refused, logger: logger)
    let registry = ConnectionRegistry(
      limit: max(1, min(limits.connections, granted)), limitPerPeer: limits.connectionsPerAddress,
      proxies: Set(proxies.map(\.withoutPort)))
    return HTTPServer(listener, loops: loops, shared: shared, registry: registry)
  }

  /// How many connections are open.
  public var connectionCount: Int { registry.count }

  /// Serves until `shutdown()` or cancellation.
  ///
  /// Throws `SocketError` when accepting fails for good.
  public func run() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await self.serve() }
      group.addTask { await self.endAfterShutdown() }
      defer { group.cancelAll() }
      try await group.next()
    }
  }

  /// Stops accepting, closes idle connections and WebSockets (1001), and lets running requests finish within
  /// `HTTPLimits.shutdownGrace`.
  public func shutdown() {
    shutdownSignal.fire()
  }

  // MARK: - Parts

  private func serve() async throws {
    let result = await serveRequests()
    // WebSockets have no task of their own to wait for.
    await withTaskCancellationHandler {
      await Task { [registry] in await registry.waitUntilEmpty() }.value
    } onCancel: {
      Task { [registry] in await registry.abortAll() }
    }
    try result.get()
  }

  private func serveRequests() async -> Result<Void, SocketError> {
    await withDiscardingTaskGroup { group in
      var turn = 0
      while true {
        do throws(SocketError) {
          for accepted in try await listener.accept(atMost: 64) {
            guard let id = admit(accepted) else { continue }
            let loop = loops[turn % loops.count]
            turn += 1
            group.addTask { await self.serve(accepted, id: id, on: loop) }
          }
        } catch {
          await listener.close()
          return error == .closed || error == .cancelled ? .success(()) : .failure(error)
        }
      }
    }
  }

  private func serve(_ accepted: AcceptedSocket, id: UInt64, on loop: EventLoop) async {
    let options = ConnectionOptions(writeProgress: shared.limits.writeProgress)
    guard let socket = try? await Connection.adopt(accepted, on: loop, options: options) else {
      return registry.remove(id)
    }
    let connection = HTTPConnection(socket, shared: shared)
    if registry.attach(.requests(connection), to: id) { await connection.shutDown() }
    guard let upgrade = await connection.run() else { return registry.remove(id) }
    if registry.attach(.socket(upgrade.connection), to: id) { await upgrade.connection.close(.goingAway) }
    await upgrade.connection.begin(received: upgrade.received, upgrade.handler) { [registry] in
      registry.remove(id)
    }
  }

  private func admit(_ accepted: AcceptedSocket) -> UInt64? {
    if accepted.isReserve {
      shared.refused(503)
      accepted.refuse(Refusal.full(limits: shared.limits))
      return nil
    }
    switch registry.admit(accepted.peer) {
    case .admitted(let id): return id
    case .full:
      shared.refused(503)
      accepted.refuse(Refusal.full(limits: shared.limits))
    case .tooManyFromPeer:
      shared.refused(429)
      accepted.refuse(Refusal.tooManyFromPeer(limits: shared.limits))
    }
    return nil
  }

  private func endAfterShutdown() async {
    guard await shutdownSignal.wait() else { return }
    await listener.close()
    let connections = registry.beginShutdown()
    for connection in connections { await connection.shutDown() }
    // Ends early by cancellation when all connections have ended: that is the normal case.
    try? await Task.sleep(for: shared.limits.shutdownGrace)
    // Returning cancels the tasks of those that are left.
    await registry.abortAll()
  }
}
