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
  /// Encodes pictures.
  private nonisolated let encoder: ThreadExecutor
  private nonisolated let counter = Atomic<Int>(0)
  private nonisolated let backend: Backend
  private let catalog: ModelCatalog
  private let extraHashes: ExtraHashes
  private var cache: ModelCache
  /// The model that gave numbers that are not finite, in a wider type.
  private var wide: ModelCache?
  private var upscalers: UpscalerCache
  private nonisolated let upscalerLibrary: UpscalerLibrary
  private let logger: Logger

  /// Runs on the device's thread.
  nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

  /// Model evaluations since the start of the process.
  nonisolated var evaluations: Int { counter.load(ordering: .relaxed) }

  /// How the device is now.
  nonisolated var deviceVitals: DeviceVitals? { backend.vitals }

  /// Opens the device.
  ///
  /// - Throws: `TensorError` when the backend is not there, `SocketError` when no thread can be had.
  init(_ configuration: WorkerConfiguration, logger: Logger) async throws {
    thread = try ThreadExecutor(name: "device")
    encoder = try ThreadExecutor(name: "encoder")
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
    capabilities.memoryBytes = backend.memoryBytes ?? HostMemory.total()
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
    do {
      if request.mode == .upscale { return try upscaleSparing(request, inputs, report) }
      return try await generate(request, inputs, report)
    } catch TensorError.deviceFailed(let operation, let reason) {
      // Nothing works in this process any more: the supervisor starts another, and the server hands the job out
      // again when the link is lost.
      logger.critical(
        "the device failed; leaving", metadata: ["operation": "\(operation)", "reason": "\(reason)"])
      HangPolicy().leave()
      throw TensorError.deviceFailed(operation: operation, reason: reason)
    } catch TensorError.outOfMemory {
      makeRoom(for: nil)
      throw UserError(
        code: "oom", message: "the picture did not fit into the device's memory; try a smaller size",
        field: "width")
    }
  }

  private func upscaleSparing(
    _ request: GenerationRequest, _ inputs: [String: [UInt8]],
    _ report: @escaping @Sendable (RunEvent) -> Void
  ) throws -> GenerationSummary {
    do { return try upscale(request, inputs, report) } catch TensorError.outOfMemory {
      makeRoom(for: nil)
      return try upscale(request, inputs, report)
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

  private func generate(
    _ request: GenerationRequest, _ inputs: [String: [UInt8]],
    _ report: @escaping @Sendable (RunEvent) -> Void
  ) async throws -> GenerationSummary {
    let model = try await catalog.model(named: request.model)
    let pictures = try SourcePictures.decoded(request, inputs)
    let extras = await catalog.currentExtras()
    let (made, queue) = AsyncStream<MadePicture>.makeStream()
    async let saved: Void = save(made, report)
    let summary = Result {
      do {
        return try perform(request, pictures, model.description, in: model.folder, extras, queue, report)
      } catch TensorError.outOfMemory { throw noRoom(for: request, model.folder) }
    }
    queue.finish()
    try await saved
    return try summary.get()
  }

  /// Encodes pictures and hands them over in their order, beside the device.
  private nonisolated func save(
    _ pictures: AsyncStream<MadePicture>, _ report: @escaping @Sendable (RunEvent) -> Void
  ) async throws {
    for await picture in pictures { report(.picture(try await encoder.run { try picture.encoded() })) }
  }

  private func perform(
    _ request: GenerationRequest, _ pictures: PictureInputs?, _ model: ModelDescription, in folder: String,
    _ extras: ExtraFiles, _ queue: AsyncStream<MadePicture>.Continuation,
    _ report: @escaping @Sendable (RunEvent) -> Void
  ) throws -> GenerationSummary {
    if !cache.contains(folder) {
      report(.progress(GenerationProgress(phase: .loading, done: 0, total: 0)))
    }
    let (pipeline, seconds) = try GenerationRun.timed { try load(folder) }
    let name = request.hiresUpscaler.flatMap { Upscalers.builtIn.contains($0) ? nil : $0 }
    let upscaler = try name.map { try upscalers.upscaler(named: $0) }
    var used = [pipeline]
    func equip(_ pipeline: Pipeline) {
      pipeline.findUpscaler = { $0 == name ? upscaler : nil }
      pipeline.extras = extras
    }
    equip(pipeline)
    defer {
      for pipeline in used {
        pipeline.findUpscaler = { _ in nil }
        pipeline.isSparing = false
      }
    }
    // Loading is work too: the server sees the counter grow.
    counter.add(1, ordering: .relaxed)
    var run = GenerationRun(
      request, pictures, pipeline: pipeline, model: model, extraHashes: extraHashes,
      engine: .init(
        save: { queue.yield($0) }, makeRoom: { self.makeRoom(for: folder) },
        wider: {
          guard let wider = try self.widerPipeline(folder) else { return nil }
          used.append(wider)
          equip(wider)
          return wider
        }, evaluated: { self.counter.add(1, ordering: .relaxed) }), report: report)
    var summary = try run.perform()
    summary.load = seconds
    return summary
  }

  /// The loaded model; where it does not fit beside the others, alone.
  private func load(_ folder: String) throws -> Pipeline {
    do { return try cache.pipeline(for: folder) } catch TensorError.outOfMemory {
      makeRoom(for: nil)
      return try cache.pipeline(for: folder)
    }
  }

  /// The model in the next wider type of the device, for numbers that were not finite.
  private func widerPipeline(_ folder: String) throws -> Pipeline? {
    if wide == nil {
      guard let device = try backend.wider() else { return nil }
      wide = ModelCache(backend: device, budget: 0)
    }
    logger.warning("numbers were not finite; trying once more in a wider type")
    do { return try wide?.pipeline(for: folder) } catch TensorError.outOfMemory { return nil }
  }

  /// Frees everything but one model.
  private func makeRoom(for folder: String?) {
    logger.warning("the device's memory is exhausted; freeing what can be loaded again")
    cache.removeAll(except: folder)
    wide?.removeAll(except: folder)
    upscalers.removeAll()
  }

  /// What is told where a request did not fit in any way: with a size that does, found by trying it.
  private func noRoom(for request: GenerationRequest, _ folder: String) -> UserError {
    makeRoom(for: folder)
    let (width, height) = request.outputSize
    let memory = backend.vitals.map { " of \($0.memoryTotal >> 20) MiB" } ?? ""
    do {
      let size = try largestFit(request, folder)
      return UserError(
        code: "oom",
        message: "\(width)×\(height) does not fit into the device's memory\(memory)"
          + (size.map { "; \($0.width)×\($0.height) does" } ?? "; try a smaller size"), field: "width")
    } catch {
      makeRoom(for: nil)
      return UserError(
        code: "oom", message: "the model does not fit into the device's memory\(memory)", field: "model")
    }
  }

  /// The largest size of about the same proportions that can be made; nil where none was found.
  ///
  /// Throws where the model itself does not fit.
  private func largestFit(
    _ request: GenerationRequest, _ folder: String
  ) throws -> (width: Int, height: Int)? {
    // A processor would take minutes to try.
    guard backend.vitals != nil else { return nil }
    let pipeline = try cache.pipeline(for: folder)
    pipeline.isSparing = true
    defer { pipeline.isSparing = false }
    let unit = 8 * pipeline.latentScale
    var (width, height) = request.outputSize
    while !Task.isCancelled {
      (width, height) = (width * 4 / 5 / unit * unit, height * 4 / 5 / unit * unit)
      guard min(width, height) > 0 else { return nil }
      let fits = try pipeline.fits(width: width, height: height, like: request) {
        counter.add(1, ordering: .relaxed)
      }
      logger.info("tried a smaller size", metadata: ["size": "\(width)×\(height)", "fits": "\(fits)"])
      if fits { return (width, height) }
    }
    return nil
  }
}
