import Generation
import Logging
import Tensors
import WorkerProtocol

/// The worker's memory between links: the attempts it holds, and the runs behind them.
///
/// A link attaches its outbox, hands over what the server says, and detaches when it is lost; the run
/// goes on meanwhile and its result waits in the ledger.
actor WorkerCore {
  private let runner: any GenerationRunning
  private let logger: Logger
  private var ledger = AttemptLedger()
  private var inputs = InputBuffer()
  private var outbox: AsyncStream<WorkerMessage>.Continuation?
  private var capabilities: WorkerCapabilities
  private let joined: WorkerID?
  /// What the device works for, or did last.
  private var run: (attempt: JobAttempt, task: Task<Void, Never>)?
  /// The run before, whose pictures are on their way while the device works for the next.
  private var saving: Task<Void, Never>?
  private var isDraining = false
  private let hang: HangPolicy
  private var hangGuard: Task<Void, Never>?
  private var settled: [CheckedContinuation<Void, Never>] = []

  /// - Parameter joined: The worker whose device and steps this one shares; nil for one that takes any job.
  init(
    runner: any GenerationRunning, capabilities: WorkerCapabilities, joining joined: WorkerID? = nil,
    hang: HangPolicy = HangPolicy(), logger: Logger
  ) {
    self.runner = runner
    self.hang = hang
    self.capabilities = Self.capabilities(capabilities, joining: joined)
    self.joined = joined
    self.logger = logger
  }

  // MARK: The link's side

  /// A new link is up: says what is held, then what can be done.
  func attach(_ outbox: AsyncStream<WorkerMessage>.Continuation) {
    self.outbox = outbox
    ledger.close()
    for held in ledger.resumes { outbox.yield(.resume(held)) }
    outbox.yield(.capabilities(capabilities))
    if isDraining { outbox.yield(.drain) }
  }

  /// The link is gone; what must arrive is kept.
  func detach() {
    outbox = nil
    ledger.close()
    if isDraining { wakeSettled() }
  }

  /// Tells the server what can be done now.
  func update(_ capabilities: WorkerCapabilities) {
    let capabilities = Self.capabilities(capabilities, joining: joined)
    guard capabilities != self.capabilities else { return }
    self.capabilities = capabilities
    outbox?.yield(.capabilities(capabilities))
  }

  /// Says that the worker lives and how far it is.
  func heartbeat() {
    outbox?.yield(.heartbeat(ledger.running, vitals))
  }

  private var vitals: WorkerVitals {
    // The device is counted once, on the link of the worker whose name it has.
    guard joined == nil else { return WorkerVitals(evaluations: runner.evaluations) }
    let device = runner.deviceVitals
    return WorkerVitals(
      evaluations: runner.evaluations, memoryUsed: device?.memoryUsed ?? HostMemory.used(),
      memoryTotal: device?.memoryTotal ?? HostMemory.total(), utilisation: device?.utilisation)
  }

  private static func capabilities(
    _ capabilities: WorkerCapabilities, joining joined: WorkerID?
  ) -> WorkerCapabilities {
    var own = capabilities
    own.takesWhileSaving = true
    guard let joined else { return own }
    own.joins = joined
    own.device += ", steps joined with \(joined)"
    return own
  }

  /// Acts on what the server said.
  func receive(_ message: ServerMessage) {
    switch message {
    case .input(let attempt, let chunk): inputs.add(chunk, about: attempt)
    case .assign(let attempt, let request): assign(attempt, request)
    case .cancel(let attempt): cancel(attempt)
    case .proceed(let attempt):
      for kept in ledger.proceed(attempt) { outbox?.yield(kept) }
    case .acknowledge(let attempt, _):
      if ledger.settle(attempt) { stopRun() }
      if ledger.isEmpty { wakeSettled() }
    case .heartbeat, .goodbye, .challenge, .welcome: break
    }
  }

  // MARK: Leaving

  /// Takes no more work and waits until what is held is settled, the link is lost or `stop` is called.
  func drain() async {
    isDraining = true
    outbox?.yield(.drain)
    guard !ledger.isEmpty, outbox != nil else { return }
    await withCheckedContinuation { settled.append($0) }
  }

  /// Stops the run, if there is one, and waits for it; the server will hand the job out again.
  func stop() async {
    run?.task.cancel()
    await run?.task.value
    await saving?.value
    outbox?.yield(.goodbye)
    wakeSettled()
  }

  private func wakeSettled() {
    for waiting in settled { waiting.resume() }
    settled = []
  }

  // MARK: The run's side

  private func assign(_ attempt: JobAttempt, _ request: GenerationRequest) {
    let files = inputs.take(for: attempt, request.inputs)
    guard !isDraining, ledger.begin(attempt) else {
      let error = UserError(code: "worker_busy", message: "the worker holds another job")
      outbox?.yield(.failed(attempt, WorkerFailure(error, retryable: true)))
      return
    }
    outbox?.yield(.accepted(attempt))
    let previous = run?.task
    let task = Task {
      await previous?.value
      await perform(attempt, request, files)
    }
    run = (attempt, task)
  }

  private func cancel(_ attempt: JobAttempt) {
    if ledger.onDevice == attempt {
      stopRun()
    } else if !ledger.holds(attempt) {
      outbox?.yield(.cancelled(attempt))
    }
  }

  /// Asks the run to stop and watches that it does: a device that hangs must not hold the next job too.
  private func stopRun() {
    guard let run else { return }
    run.task.cancel()
    hangGuard?.cancel()
    hangGuard = Task { [hang, logger] in
      do { try await Task.sleep(for: hang.limit) } catch { return }
      logger.critical("the device does not stop; leaving, to be started anew")
      hang.leave()
    }
  }

  private func perform(
    _ attempt: JobAttempt, _ request: GenerationRequest, _ files: [String: [UInt8]]?
  ) async {
    say(.started(attempt), about: attempt)
    let (events, sink) = AsyncStream<RunEvent>.makeStream()
    async let end = outcome(of: attempt, request, files, sink)
    for await event in events {
      switch event {
      case .progress(let progress):
        if progress.phase == .saving { leaveDevice(attempt) }
        say(.progress(attempt, progress), about: attempt)
      case .preview(let bytes): say(.preview(attempt, bytes), about: attempt)
      case .picture(let picture): say(.image(attempt, picture), about: attempt)
      }
    }
    let message = await end
    if run?.attempt == attempt { hangGuard?.cancel() }
    say(message, about: attempt)
  }

  /// The device is free for the next job, which need not wait until this one's pictures are saved.
  private func leaveDevice(_ attempt: JobAttempt) {
    guard let run, run.attempt == attempt else { return }
    hangGuard?.cancel()
    saving = run.task
    self.run = nil
  }

  private nonisolated func outcome(
    of attempt: JobAttempt, _ request: GenerationRequest, _ files: [String: [UInt8]]?,
    _ sink: AsyncStream<RunEvent>.Continuation
  ) async -> WorkerMessage {
    defer { sink.finish() }
    guard let files else {
      let error = UserError(
        code: "input_missing", message: "a picture this job starts from did not reach the worker whole")
      return .failed(attempt, WorkerFailure(error, retryable: true))
    }
    do {
      return .completed(attempt, try await runner.run(request, inputs: files) { sink.yield($0) })
    } catch is CancellationError {
      return .cancelled(attempt)
    } catch let error as UserError {
      return .failed(attempt, WorkerFailure(error, retryable: false))
    } catch {
      logger.error("a generation failed", metadata: ["attempt": "\(attempt)", "error": "\(error)"])
      let error = UserError(code: "internal", message: "the worker met an unexpected error")
      return .failed(attempt, WorkerFailure(error, retryable: true))
    }
  }

  private func say(_ message: WorkerMessage, about attempt: JobAttempt) {
    if ledger.record(message, about: attempt) { outbox?.yield(message) }
  }
}
