import Generation
import Logging
import Sockets
import StableDiffusion
import Synchronization
import Tensors
import WorkerProtocol

/// The engine of one device: every kernel call happens on its own thread, one request at a time.
actor GenerationEngine: GenerationRunning {
  private nonisolated let thread: ThreadExecutor
  private nonisolated let counter = Atomic<Int>(0)
  private let backend: Backend
  private let catalog: ModelCatalog
  private var cache: ModelCache
  private let logger: Logger

  /// Runs on the device's thread.
  nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

  /// Model evaluations since the start of the process.
  nonisolated var evaluations: Int { counter.load(ordering: .relaxed) }

  /// Opens the device.
  ///
  /// - Throws: `TensorError` when the backend is not there, `SocketError` when no thread can be had.
  init(_ configuration: WorkerConfiguration, logger: Logger) async throws {
    thread = try ThreadExecutor(name: "device")
    backend = try Backend.named(
      configuration.backend, threads: configuration.threads,
      precision: try Precision.named(configuration.precision))
    catalog = try ModelCatalog(
      folders: configuration.modelFolders, cacheFile: configuration.dataFolder + "/hashes.json",
      logger: logger)
    cache = ModelCache(backend: backend)
    self.logger = logger
  }

  /// What this worker can do now; nonisolated, so that it is answered while a picture is made.
  nonisolated func capabilities() async -> WorkerCapabilities {
    WorkerCapabilities(
      version: Version.current, device: "\(backend.deviceName), \(backend.threads) threads",
      backend: backend.name, models: await catalog.descriptions(), samplers: Samplers.descriptions,
      schedules: Schedules.descriptions)
  }

  /// Computes one model hash that is not known yet; false when there is none left.
  nonisolated func hashNextModel() async -> Bool { await catalog.hashNext() }

  /// Runs a request to its end on the device's thread.
  func run(
    _ request: GenerationRequest, report: @escaping @Sendable (RunEvent) -> Void
  ) async throws -> GenerationSummary {
    var limits = Limits()
    // Clients may write larger seeds as strings; the server has checked them.
    limits.maxSeed = .max
    try limits.check(request)
    let model = try await catalog.model(named: request.model)
    do {
      return try perform(request, model.description, in: model.folder, report)
    } catch TensorError.deviceFailed(let operation, let reason) {
      // Nothing works in this process any more: the supervisor starts another, and the server hands the job out
      // again when the lease ends.
      logger.critical(
        "the device failed; leaving", metadata: ["operation": "\(operation)", "reason": "\(reason)"])
      HangPolicy().leave()
      throw TensorError.deviceFailed(operation: operation, reason: reason)
    } catch TensorError.outOfMemory {
      // Whatever is loaded may be what took the room: the next request begins with all of it.
      cache.removeAll()
      throw UserError(
        code: "oom", message: "the picture did not fit into the device's memory; try a smaller size",
        field: "width")
    }
  }

  private func perform(
    _ request: GenerationRequest, _ model: ModelDescription, in folder: String,
    _ report: @escaping @Sendable (RunEvent) -> Void
  ) throws -> GenerationSummary {
    if !cache.contains(folder) {
      report(.progress(GenerationProgress(phase: .loading, done: 0, total: 0)))
    }
    let (pipeline, seconds) = try GenerationRun.timed { try cache.pipeline(for: folder) }
    // Loading is work too: the server sees the counter grow.
    counter.add(1, ordering: .relaxed)
    var run = GenerationRun(request, pipeline: pipeline, model: model, report: report)
    var summary = try run.perform { counter.add(1, ordering: .relaxed) }
    summary.load = seconds
    return summary
  }
}
