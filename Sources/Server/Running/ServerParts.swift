import FoundationEssentials
import Generation
import HTTP
import JobQueue
import Logging
import ServiceLifecycle
import Sockets
import UnixSignals
import WorkerProtocol

/// Every part of a server, made in order and listening, not yet served.
struct ServerParts: Sendable {
  let configuration: ServerConfiguration
  let services: Services
  let store: SQLiteJobStore
  let meter: JobMeter
  let http: HTTPServer
  let workers: WorkerListener
  private let control: ControlSocket
  private let saver: CapabilitiesSaver

  /// Opens the data folder and everything in it, then listens.
  init(_ configuration: ServerConfiguration, logger: Logger) async throws {
    try configuration.check()
    self.configuration = configuration
    let folder = try DataFolder(configuration.dataFolder)
    store = try Self.open(folder, configuration, logger)
    let files = try ThreadExecutor(name: "files")
    // Pictures are sent by a thread of their own: no download waits until another picture is synced.
    let readers = try ThreadExecutor(name: "readers")
    let hub = EventHub(clientsPerUser: configuration.limits.socketsPerUser)
    let saver = CapabilitiesSaver(file: CapabilitiesFile(folder: folder.path), thread: files, logger: logger)
    let capabilities = CapabilitiesRegistry(remembered: saver.load()) {
      hub.noteQueueChange()
      saver.noteChange()
    }
    let images = try FolderImageStore(root: folder.images, thread: files)
    let uploads = try FolderImageStore(root: folder.uploads, thread: files)
    let metrics = ServerMetrics()
    let accounts = AccountServices(
      store: store, hub: hub, hasher: try PasswordHasher(cost: configuration.limits.passwordCost))
    services = Services(
      configuration: configuration, store: store, images: images,
      uploads: uploads, capabilities: capabilities,
      hub: hub, authenticator: configuration.access.authenticator(accounts), metrics: metrics,
      submissions: RateLimiter(
        burst: configuration.limits.submissionBurst, perMinute: configuration.limits.submissionsPerMinute),
      newcomers: RateLimiter(
        burst: configuration.limits.newcomersPerAddress, perMinute: configuration.limits.newcomersPerMinute),
      accounts: accounts,
      dispatcher: Dispatcher(
        parts: Self.workerParts(configuration, store, images, uploads, capabilities, hub, metrics, logger)),
      resolver: RequestResolver(
        watermark: configuration.watermark, safetyChecker: configuration.safetyChecker), files: readers,
      logger: logger,
      damage: store.damage)
    try await accounts.load()
    try await Self.checkAdmins(configuration, store, logger)
    self.saver = saver
    let meter = JobMeter()
    self.meter = meter
    store.observe { events in
      hub.committed(events)
      meter.committed(events)
    }
    Backup.removeLeftovers(in: folder.path)
    control = try await ControlSocket.bind(folder: folder.path, logger: logger) { [services, store] command in
      switch command {
      case .ping: "\(Version.current)"
      case .backup: try await Backup.make(in: folder.path, store)
      case .createAdmin(let request): try await AdminAccount.create(request, services)
      }
    }
    let secret = try Self.secret(folder)
    workers = try await Self.listenForWorkers(configuration, services, secret)
    http = try await Self.listen(configuration, services)
    measure()
    if let file = configuration.workerPortFile {
      try await files.run { [port = workers.address.port] in try Self.writePort(port, file) }
    }
  }

  /// Serves until the process, or this group of its own, is told to stop.
  func run(_ group: ServiceGroup? = nil) async throws {
    services.logger.info(
      "listening",
      metadata: [
        "page": "http://\(http.address)/", "workers": "\(workers.address)",
        "access": "\(configuration.access.rawValue)", "sqlite": "\(store.sqliteVersion)",
        "version": "\(Version.current)",
      ])
    if configuration.isPublic, configuration.trustedProxies.isEmpty {
      services.logger.warning("other hosts reach this server in clear text; see README.md, Behind a proxy")
    }
    do {
      try await (group ?? self.group()).run()
    } catch let error where error is CancellationError || error as? SocketError == .cancelled {
      // The stop took longer than it may: what was still running keeps its lease.
      services.logger.warning("stopped before everything had ended")
    }
    try store.close()
    services.logger.info("stopped")
  }

  /// Taken down from the last to the first: browsers first, then workers, then what they rely on.
  func group() -> ServiceGroup {
    let (services, store, meter, saver) = (services, store, meter, saver)
    let hub = services.hub
    let changing: [any Service] = [
      BackgroundService { try await meter.run(store, services.metrics) },
      BackgroundService { try await saver.run { services.capabilities.remembered } },
      BackgroundService { try await hub.followQueue(store) { services.queueWorkers } },
      Upkeep(services: services, interval: .seconds(3600)),
      BackgroundService { try await CredentialWatch(services: services).run() },
    ]
    // From a damaged database is only read: nobody is given work, and nothing is tidied up.
    var parts: [any Service] = [SecondSignal(logger: services.logger)]
    if store.damage == nil { parts += changing }
    parts.append(control)
    if store.damage == nil { parts.append(workers) }
    parts.append(HTTPService(server: http, hub: hub))
    var configuration = ServiceGroupConfiguration(
      services: parts.map { .init(service: $0) }, gracefulShutdownSignals: [.sigterm, .sigint],
      logger: services.logger)
    configuration.maximumGracefulShutdownDuration = .seconds(self.configuration.drainSeconds + 4)
    return ServiceGroup(configuration: configuration)
  }

  /// What is read only when somebody asks for the metrics.
  private func measure() {
    let metrics = services.metrics
    metrics.gauge("atelier_http_connections") { [weak http] in Double(http?.connectionCount ?? 0) }
    metrics.gauge("atelier_database_bytes") { [folder = configuration.dataFolder] in
      ProcessGauges.databaseBytes(folder)
    }
    metrics.gauge("process_resident_memory_bytes") { ProcessGauges.residentBytes }
    metrics.gauge("process_open_fds") { ProcessGauges.openDescriptors }
  }

  // MARK: - Making

  private static func open(
    _ folder: DataFolder, _ configuration: ServerConfiguration, _ logger: Logger
  ) throws -> SQLiteJobStore {
    if let detail = DataFolder.whyNoNewDatabase(in: folder.path) {
      throw ServerError.databaseDamaged(detail: detail, backup: Backup.newest(of: folder.path))
    }
    let options = Self.options(configuration)
    do { return try SQLiteJobStore.open(folder: folder.path, options: options) } catch {
      guard case JobQueueError.damaged(let detail) = error else { throw error }
      let failure = ServerError.databaseDamaged(detail: detail, backup: Backup.newest(of: folder.path))
      let store = try? SQLiteJobStore.openDamaged(folder: folder.path, damage: detail, options: options)
      guard let store else { throw failure }
      logger.critical("reading only: \(failure)")
      return store
    }
  }

  private static func options(_ configuration: ServerConfiguration) -> SQLiteJobStore.Options {
    var options = SQLiteJobStore.Options()
    options.policy = configuration.limits.queue
    options.policy.order = configuration.fairness == .fifo ? .fifo : .fair
    return options
  }

  private static func secret(_ folder: DataFolder) throws(ServerError) -> SharedSecret {
    do { return try SharedSecret.loadOrCreate(file: folder.workerKey) } catch {
      throw .secretFailed(path: folder.workerKey, reason: "\(error)")
    }
  }

  /// A server that others reach must have somebody who can log in.
  private static func checkAdmins(
    _ configuration: ServerConfiguration, _ store: SQLiteJobStore, _ logger: Logger
  ) async throws {
    guard configuration.access == .accounts, try await store.adminCount() == 0 else { return }
    if configuration.isPublic { throw ServerError.noAdmin(configuration.listen) }
    logger.warning("nobody can log in yet: make the first admin with atelier-server create-admin NAME")
  }

  private static func workerParts(
    _ configuration: ServerConfiguration, _ store: SQLiteJobStore, _ images: FolderImageStore,
    _ uploads: FolderImageStore,
    _ capabilities: CapabilitiesRegistry, _ hub: EventHub, _ metrics: ServerMetrics, _ logger: Logger
  ) -> WorkerParts {
    var parts = WorkerParts(
      store: store, images: images, capabilities: capabilities, logger: logger,
      options: configuration.limits.workers
    ) { progress, preview, job, owner in
      hub.report(progress, preview: preview, job: job, owner: owner)
    }
    parts.uploads = uploads
    parts.measured = { metrics.observe($0) }
    parts.waited = { metrics.observe("atelier_worker_handover_seconds", seconds: $0 / .seconds(1)) }
    parts.reserve = DiskReserve(folder: configuration.dataFolder)
    return parts
  }

  private static func listenForWorkers(
    _ configuration: ServerConfiguration, _ services: Services, _ secret: SharedSecret
  ) async throws -> WorkerListener {
    let (host, port) = (configuration.workerListen, configuration.workerPort)
    do {
      return try await WorkerListener.bind(
        to: try address(host, port), on: try EventLoop(name: "workers"), secret: secret,
        dispatcher: services.dispatcher, drain: .seconds(configuration.drainSeconds))
    } catch let error as SocketError {
      throw ServerError(error, flag: "--worker-port", address: host, port: port)
    }
  }

  private static func listen(
    _ configuration: ServerConfiguration, _ services: Services
  ) async throws -> HTTPServer {
    var page: StaticFiles?
    if let folder = configuration.publicFolder {
      do { page = try StaticFiles(folder: folder) } catch { throw ServerError.publicFolderMissing(folder) }
    }
    let (host, port) = (configuration.listen, configuration.port)
    do {
      // On a single processor a second loop would only take turns with the first.
      let loops = try (0..<(Processors.count > 1 ? 2 : 1)).map {
        try EventLoop(name: "http-\($0)")
      }
      return try await HTTPServer.bind(
        to: try Self.address(host, port), loops: loops, responder: Routes.table(services, files: page),
        limits: configuration.limits.http, proxies: configuration.trustedProxies, files: services.files,
        logger: services.logger
      ) { [metrics = services.metrics] status in
        metrics.count("atelier_http_refused_total{code=\"\(status)\"}")
      }
    } catch let error as SocketError {
      throw ServerError(error, flag: "--port", address: host, port: port)
    }
  }

  private static func address(_ host: String, _ port: UInt16) throws(ServerError) -> SocketAddress {
    do {
      return try SocketAddress(host: host == "localhost" ? "127.0.0.1" : host, port: port)
    } catch { throw .malformedAddress(host) }
  }

  /// Says, in one step that scripts can wait for, where workers are to connect.
  private static func writePort(_ port: UInt16, _ path: String) throws(ServerError) {
    let (folder, name) = DurableFile.split(path)
    do { try DurableFile.write(Array("\(port)\n".utf8), folder: folder, name: name) } catch {
      throw .cannotWritePort(path)
    }
  }
}
