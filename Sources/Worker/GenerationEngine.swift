import Generation
import Logging
import PNG
import Pictures
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
  private let extraHashes: ExtraHashes
  private var cache: ModelCache
  private var upscalers: UpscalerCache
  private nonisolated let upscalerLibrary: UpscalerLibrary
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
    extraHashes = ExtraHashes(cacheFile: configuration.dataFolder + "/extra-hashes.json")
    catalog = try ModelCatalog(
      folders: configuration.modelFolders, cacheFile: configuration.dataFolder + "/hashes.json",
      extraHashes: extraHashes, styleFiles: configuration.styleFiles, logger: logger)
    cache = ModelCache(backend: backend)
    upscalers = UpscalerCache(folders: configuration.modelFolders, backend: backend)
    upscalerLibrary = UpscalerLibrary(folders: configuration.modelFolders)
    self.logger = logger
  }

  /// What this worker can do now; nonisolated, so that it is answered while a picture is made.
  nonisolated func capabilities() async -> WorkerCapabilities {
    var capabilities = WorkerCapabilities(
      version: Version.current, device: "\(backend.deviceName), \(backend.threads) threads",
      backend: backend.name, models: await catalog.descriptions(), samplers: Samplers.descriptions,
      schedules: Schedules.descriptions, modes: GenerationMode.allCases,
      upscalers: Upscalers.builtIn + upscalerLibrary.scan().map(\.name))
    await catalog.addExtras(to: &capabilities)
    return capabilities
  }

  /// Computes one model hash that is not known yet; false when there is none left.
  nonisolated func hashNextModel() async -> Bool { await catalog.hashNext() }

  /// Runs a request to its end on the device's thread.
  func run(
    _ request: GenerationRequest, inputs: [String: [UInt8]],
    report: @escaping @Sendable (RunEvent) -> Void
  ) async throws -> GenerationSummary {
    var limits = Limits()
    // Clients may write larger seeds as strings; the server has checked them.
    limits.maxSeed = .max
    try limits.check(request)
    if request.mode == .upscale { return try upscale(request, inputs, report) }
    let model = try await catalog.model(named: request.model)
    let pictures = try SourcePictures.decoded(request, inputs)
    let extras = await catalog.currentExtras()
    do {
      return try perform(request, pictures, model.description, in: model.folder, extras, report)
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
      upscalers.removeAll()
      throw UserError(
        code: "oom", message: "the picture did not fit into the device's memory; try a smaller size",
        field: "width")
    }
  }

  private func upscale(
    _ request: GenerationRequest, _ inputs: [String: [UInt8]],
    _ report: @escaping @Sendable (RunEvent) -> Void
  ) throws -> GenerationSummary {
    guard let source = try SourcePictures.decoded(request, inputs)?.source,
      let file = request.initImageFile.flatMap({ inputs[$0.sha256] })
    else { throw UserError(code: "missing_field", message: "init_image is missing", field: "init_image") }
    let name = request.upscaler ?? PixelUpscaler.lanczos.rawValue
    let upscaler = try PixelUpscaler(rawValue: name) == nil ? upscalers.upscaler(named: name) : nil
    counter.add(1, ordering: .relaxed)
    // Of another kind of file there is nothing to keep.
    let texts = (try? PNGImage(decoding: file))?.texts ?? []
    let run = UpscaleRun(
      request: request, picture: source.picture, texts: texts, upscaler: upscaler, report: report)
    return try run.perform { counter.add(1, ordering: .relaxed) }
  }

  private func perform(
    _ request: GenerationRequest, _ pictures: PictureInputs?, _ model: ModelDescription, in folder: String,
    _ extras: ExtraFiles,
    _ report: @escaping @Sendable (RunEvent) -> Void
  ) throws -> GenerationSummary {
    if !cache.contains(folder) {
      report(.progress(GenerationProgress(phase: .loading, done: 0, total: 0)))
    }
    let (pipeline, seconds) = try GenerationRun.timed { try cache.pipeline(for: folder) }
    let name = request.hiresUpscaler.flatMap { Upscalers.builtIn.contains($0) ? nil : $0 }
    let upscaler = try name.map { try upscalers.upscaler(named: $0) }
    pipeline.findUpscaler = { $0 == name ? upscaler : nil }
    defer { pipeline.findUpscaler = { _ in nil } }
    // Loading is work too: the server sees the counter grow.
    counter.add(1, ordering: .relaxed)
    pipeline.extras = extras
    var run = GenerationRun(
      request, pictures, pipeline: pipeline, model: model, extraHashes: extraHashes, report: report)
    var summary = try run.perform { counter.add(1, ordering: .relaxed) }
    summary.load = seconds
    return summary
  }
}
