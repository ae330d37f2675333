import Generation
import Logging
public import ServiceLifecycle
import Sockets
import WorkerProtocol

/// The worker process: one engine, one server, as many links as it takes.
public struct WorkerService: Service {
  private let configuration: WorkerConfiguration
  private let engine: GenerationEngine
  private let core: WorkerCore
  private let link: ServerLink
  private let logger: Logger

  /// Opens the device and looks for models; nothing is loaded and no link made yet.
  ///
  /// - Throws: `WorkerError`, an engine's error for a backend that is not there, `SocketError`.
  public init(_ configuration: WorkerConfiguration) async throws {
    var logger = Logger(label: "worker")
    let worker = try WorkerIdentity.loadOrCreate(in: configuration.dataFolder)
    logger[metadataKey: "worker"] = "\(worker)"
    self.configuration = configuration
    self.logger = logger
    engine = try await GenerationEngine(configuration, logger: logger)
    let capabilities = await engine.capabilities()
    core = WorkerCore(runner: engine, capabilities: capabilities, logger: logger)
    link = ServerLink(
      address: configuration.server, worker: worker, secret: configuration.secret,
      allowsInsecure: configuration.allowsInsecureLink, giveUpAfter: configuration.giveUpAfter,
      loop: try EventLoop(name: "link"), resolver: try ThreadExecutor(name: "resolver"), core: core,
      logger: logger)
  }

  /// Works until told to end: a graceful shutdown settles what is held first, for at most 20 s.
  ///
  /// - Throws: `WorkerError.gaveUp`.
  public func run() async throws {
    try await withThrowingTaskGroup { group in
      group.addTask { try await link.run() }
      group.addTask { try await watchModels() }
      group.addTask {
        try await gracefulShutdown()
        await leave()
      }
      // The first to end, by an error or by leaving, ends the others.
      defer { group.cancelAll() }
      try await group.next()
    }
  }

  /// Lets the server have what is held, then stops.
  private func leave() async {
    logger.info("leaving")
    await withTaskGroup { group in
      group.addTask { await core.drain() }
      group.addTask { _ = try? await Task.sleep(for: .seconds(20)) }
      await group.next()
      group.cancelAll()
      await core.stop()
    }
  }

  /// Tells the server when models appear, change or go.
  private func watchModels() async throws {
    while true {
      while await engine.hashNextModel() { try Task.checkCancellation() }
      await core.update(await engine.capabilities())
      try await Task.sleep(for: .seconds(5))
    }
  }
}
