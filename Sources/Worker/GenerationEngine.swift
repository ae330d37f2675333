import Generation
import Logging
import PNG
import Pictures
import Sockets
import StableDiffusion
import Synchronization
import Tensors
import WorkerProtocol

/// The engine of one device: every kernel call happens on its own thread, one request at a time, or several whose steps
/// are joined.
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
  /// Who may be at work at the same time.
  private nonisolated let turns = DeviceTurns<Company>()
  /// Joins the steps of those that are.
  private let batcher: StepBatcher
  private let isSharing: Bool

  /// What requests that are made at the same time have in common.
  private struct Company: Hashable, Sendable {
    let steps: SharedSteps
    /// The files that tags and words may name, as they were when the request came.
    let extras: String
  }

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
      precision: try Precision.named(configuration.precision), isInvariant: configuration.maxBatch > 1)
    extraHashes = ExtraHashes(cacheFile: configuration.dataFolder + "/extra-hashes.json")
    catalog = try ModelCatalog(
      folders: configuration.modelFolders, cacheFile: configuration.dataFolder + "/hashes.json",
      extraHashes: extraHashes, styleFiles: configuration.styleFiles, logger: logger)
    cache = ModelCache(backend: backend, sharing: configuration.maxBatch)
    isSharing = configuration.maxBatch > 1
    batcher = StepBatcher { event in
      switch event {
      case .joined(let count): logger.info("joined steps of jobs", metadata: ["jobs": "\(count)"])
      case .failed(let error):
        logger.warning("a joined step failed; making each alone", metadata: ["error": "\(error)"])
      }
    }
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
      return try await inTurn(request, inputs, report)
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

  /// Waits until the device is free for the request, and runs it.
  private func inTurn(
    _ request: GenerationRequest, _ inputs: [String: [UInt8]],
    _ report: @escaping @Sendable (RunEvent) -> Void
  ) async throws -> GenerationSummary {
    let extras = await catalog.currentExtras()
    // The next job may come while this one's pictures are encoded: without joined steps it has the device alone.
    let steps = isSharing ? SharedSteps(request) : nil
    let company = steps.map { Company(steps: $0, extras: extras.identity) }
    let turn = try await enter(company, report)
    defer { turns.leave(turn) }
    if request.mode == .upscale { return try upscaleSparing(request, inputs, report) }
    return try await generate(request, inputs, extras, turn, report)
  }

  /// Waits for a turn; says now and then that the device is at work for others, as one that waits for them does not
  /// hang.
  private nonisolated func enter(
    _ company: Company?, _ report: @escaping @Sendable (RunEvent) -> Void
  ) async throws -> DeviceTurns<Company>.Turn {
    let telling = Task {
      var (seen, told) = (evaluations, 0)
      while true {
        try await Task.sleep(for: .seconds(10))
        guard evaluations != seen else { continue }
        (seen, told) = (evaluations, told + 1)
        report(.progress(GenerationProgress(phase: .loading, done: told, total: told)))
      }
    }
    let turn: Result<DeviceTurns<Company>.Turn, any Error>
    do { turn = .success(try await turns.enter(company)) } catch { turn = .failure(error) }
    telling.cancel()
    _ = await telling.result
    return try turn.get()
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
    _ request: GenerationRequest, _ inputs: [String: [UInt8]], _ extras: ExtraFiles,
    _ turn: DeviceTurns<Company>.Turn, _ report: @escaping @Sendable (RunEvent) -> Void
  ) async throws -> GenerationSummary {
    let model = try await catalog.model(named: request.model)
    let pictures = try SourcePictures.decoded(request, inputs)
    let (made, queue) = AsyncStream<MadePicture>.makeStream()
    async let saved: Void = save(made, report)
    let end: Result<GenerationSummary, any Error>
    do {
      end = .success(
        try await perform(request, pictures, model.description, in: model.folder, extras, turn, queue, report)
      )
    } catch TensorError.outOfMemory {
      end = .failure(await noRoom(for: request, model.folder, turn))
    } catch { end = .failure(error) }
    turns.leave(turn)
    if case .success(let summary) = end {
      report(
        .progress(
          GenerationProgress(phase: .saving, done: summary.evaluations, total: summary.evaluations)))
    }
    queue.finish()
    try await saved
    return try end.get()
  }

  /// Encodes pictures and hands them over in their order, beside the device.
  private nonisolated func save(
    _ pictures: AsyncStream<MadePicture>, _ report: @escaping @Sendable (RunEvent) -> Void
  ) async throws {
    for await picture in pictures { report(.picture(try await encoder.run { try picture.encoded() })) }
  }

  private func perform(
    _ request: GenerationRequest, _ pictures: PictureInputs?, _ model: ModelDescription, in folder: String,
    _ extras: ExtraFiles, _ turn: DeviceTurns<Company>.Turn,
    _ queue: AsyncStream<MadePicture>.Continuation, _ report: @escaping @Sendable (RunEvent) -> Void
  ) async throws -> GenerationSummary {
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
        // Only one that is alone on the device is sparing.
        pipeline.isSparing = false
      }
    }
    // Loading is work too: the server sees the counter grow.
    counter.add(1, ordering: .relaxed)
    var device = PictureMaking.Device(
      makeRoom: { self.makeRoom(for: folder) },
      wider: {
        guard let wider = try self.widerPipeline(folder) else { return nil }
        used.append(wider)
        equip(wider)
        return wider
      })
    if isSharing { device.perform = { calls in try await self.batcher.perform(calls) } }
    device.waitUntilAlone = { try await self.seclude(turn) }
    batcher.join()
    defer { batcher.leave() }
    var run = GenerationRun(
      request, pictures, pipeline: pipeline, model: model, extraHashes: extraHashes,
      engine: .init(
        device: device, save: { queue.yield($0) }, evaluated: { self.counter.add(1, ordering: .relaxed) }),
      report: report)
    var summary = try await run.perform()
    summary.load = seconds
    return summary
  }

  /// Waits until no other request is at work; those whose steps were joined with this one's go on without it.
  private func seclude(_ turn: DeviceTurns<Company>.Turn) async throws {
    batcher.leave()
    defer { batcher.join() }
    try await turns.seclude(turn)
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
  private func noRoom(
    for request: GenerationRequest, _ folder: String, _ turn: DeviceTurns<Company>.Turn
  ) async -> any Error {
    do { try await turns.seclude(turn) } catch { return error }
    makeRoom(for: folder)
    do {
      let size = try cache.pipeline(for: folder).largestFit(like: request) { trial in
        guard let trial else {
          counter.add(1, ordering: .relaxed)
          return
        }
        logger.info(
          "tried a smaller size",
          metadata: ["size": "\(trial.width)×\(trial.height)", "fits": "\(trial.fits)"])
      }
      return UserError(noRoomFor: request, on: backend, fitting: size)
    } catch {
      makeRoom(for: nil)
      return UserError(noRoomFor: request, on: backend, fitting: nil, isModel: true)
    }
  }
}
