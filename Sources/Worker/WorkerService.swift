import Generation
import Logging
public import ServiceLifecycle
import Sockets
import WorkerProtocol

/// The worker process: one engine, one server, and a link for each job that it may have at a time.
public struct WorkerService: Service {
  private let configuration: WorkerConfiguration
  private let engine: GenerationEngine
  private let cores: [WorkerCore]
  private let links: [ServerLink]
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
    let (loop, resolver) = (try EventLoop(name: "link"), try ThreadExecutor(name: "resolver"))
    var (cores, links): ([WorkerCore], [ServerLink]) = ([], [])
    for number in 1...max(configuration.maxBatch, 1) {
      let name = number == 1 ? worker : try WorkerIdentity.further(number, of: worker)
      logger[metadataKey: "worker"] = "\(name)"
      let core = WorkerCore(
        runner: engine, capabilities: capabilities, joining: number == 1 ? nil : worker, logger: logger)
      cores.append(core)
      links.append(
        ServerLink(
          address: configuration.server, worker: name, secret: configuration.secret,
          allowsInsecure: configuration.allowsInsecureLink, giveUpAfter: configuration.giveUpAfter,
          loop: loop, resolver: resolver, core: core, logger: logger))
    }
    (self.cores, self.links) = (cores, links)
  }

  /// Works until told to end: a graceful shutdown settles what is held first, for at most 20 s.
  ///
  /// - Throws: `WorkerError.gaveUp`.
  public func run() async throws {
    try await withThrowingTaskGroup { group in
      for link in links { group.addTask { try await link.run() } }
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
      group.addTask { await forEachCore { await $0.drain() } }
      group.addTask { _ = try? await Task.sleep(for: .seconds(20)) }
      await group.next()
      group.cancelAll()
      await forEachCore { await $0.stop() }
    }
  }

  /// All at the same time: their jobs may wait for each other.
  private func forEachCore(_ body: @escaping @Sendable (WorkerCore) async -> Void) async {
    await withTaskGroup { group in
      for core in cores { group.addTask { await body(core) } }
    }
  }

  /// Tells the server when models appear, change or go.
  private func watchModels() async throws {
    while true {
      while await engine.hashNextModel() { try Task.checkCancellation() }
      let capabilities = await engine.capabilities()
      for core in cores { await core.update(capabilities) }
      try await Task.sleep(for: .seconds(5))
    }
  }
}
