import Generation
import JobQueue
import Logging
import WorkerProtocol

extension WorkerSession {
  /// Acts on one message; false when the worker leaves.
  func receive(_ message: WorkerMessage) async throws(SessionEnd) -> Bool {
    switch message {
    case .hello: throw .misbehaved("a second hello")
    case .goodbye: return false
    case .capabilities(let capabilities): try await open(Reported.capabilities(capabilities))
    case .resume(let held): try await resume(held.attempt)
    case .drain: takesJobs = false
    case .heartbeat(let attempt, let vitals):
      parts.capabilities.noteVitals(worker, Reported.vitals(vitals))
      try await heartbeat(attempt)
    case .accepted(let attempt): _ = isHeld(attempt, answering: true)
    case .started(let attempt):
      if isHeld(attempt, answering: true) { try await start() }
    case .progress(let attempt, let progress):
      if isHeld(attempt, answering: false) { try await note(Reported.progress(progress)) }
    case .preview(let attempt, let bytes):
      if isHeld(attempt, answering: false) { show(bytes) }
    case .image(let attempt, let picture):
      if isHeld(attempt, answering: true) { try await keep(picture) }
    case .completed(let attempt, let summary):
      if isHeld(attempt, answering: true) { try await complete(summary) }
    case .failed(let attempt, let failure):
      if isHeld(attempt, answering: true) { try await fail(Reported.error(failure.error), failure.retryable) }
    case .cancelled(let attempt):
      if isHeld(attempt, answering: true) { try await confirmCancel() }
    }
    return true
  }

  /// Whether this is the attempt held.
  ///
  /// Of another one the worker is told, if it must know, that it is over.
  private func isHeld(_ attempt: JobAttempt, answering: Bool) -> Bool {
    if held?.attempt == attempt { return true }
    if answering {
      let accepted = settled?.attempt == attempt ? settled?.accepted ?? false : false
      say(.acknowledge(attempt, accepted: accepted))
    }
    return false
  }

  // MARK: - Opening

  private func open(_ capabilities: WorkerCapabilities) async throws(SessionEnd) {
    let isFirst = models == nil
    if isFirst, held == nil {
      // It holds nothing, so whatever an earlier link of this worker had is lost.
      let lost = try await stored { () async throws(JobQueueError) in try await parts.store.workerLost(worker)
      }
      if !lost.isEmpty {
        logger.warning("the worker came back without its job", metadata: ["jobs": "\(lost)"])
      }
    }
    models = Set(capabilities.models.map(\.name))
    modes = Set(capabilities.modes)
    joins = capabilities.joins
    try await forget(parts.capabilities.connected(worker, capabilities))
    if isFirst {
      parts.capabilities.setBusy(worker, held != nil)
      logger.info(
        "worker ready", metadata: ["device": "\(capabilities.device)", "models": "\(models?.count ?? 0)"])
    }
    try await stored { () async throws(JobQueueError) in try await assignNext() }
  }

  /// Jobs that wait for models nobody has any more would wait for ever.
  private func forget(_ models: Set<String>) async throws(SessionEnd) {
    if models.isEmpty { return }
    let jobs = try await stored { () async throws(JobQueueError) in try await parts.store.modelsGone(models) }
    logger.warning("models are gone", metadata: ["models": "\(models.sorted())", "failed jobs": "\(jobs)"])
  }

  private func resume(_ attempt: JobAttempt) async throws(SessionEnd) {
    guard models == nil, held == nil else { throw .misbehaved("resume after the session was opened") }
    let outcome = try await stored { () async throws(JobQueueError) in
      try await parts.store.resume(attempt, worker: worker)
    }
    switch outcome {
    case .proceed(let lease, let cancelRequested):
      hold(lease)
      say(.proceed(attempt))
      if cancelRequested { sendCancel(attempt) }
      logger.info("job resumed", metadata: ["job": "\(lease.id)", "attempt": "\(attempt.attempt)"])
    case .settled(let accepted):
      settled = (attempt, accepted)
      say(.acknowledge(attempt, accepted: accepted))
    }
  }

  // MARK: - Running

  private func heartbeat(_ attempt: JobAttempt?) async throws(SessionEnd) {
    guard let held, attempt == held.attempt, held.hungSince == nil,
      !held.watch.isOverdue(now: parts.clock.uptime)
    else { return }
    // Each renewal syncs the disk: a worker that beats without pause must not slow the queue.
    let now = parts.clock.uptime
    guard now - held.renewedAt >= parts.options.renewal else { return }
    self.held?.renewedAt = now
    let status = try await stored { () async throws(JobQueueError) in
      try await parts.store.renew(held.attempt)
    }
    follow(status, held.attempt)
  }

  private func start() async throws(SessionEnd) {
    guard let attempt = held?.attempt, held?.hasStarted == false else { return }
    held?.hasStarted = true
    let status = try await stored { () async throws(JobQueueError) in try await parts.store.start(attempt) }
    follow(status, attempt)
  }

  private func follow(_ status: LeaseStatus, _ attempt: JobAttempt) {
    // While the store was asked, the attempt may have been settled.
    guard held?.attempt == attempt else { return }
    switch status {
    case .held(let cancelRequested): if cancelRequested { sendCancel(attempt) }
    case .lost: settle(accepted: false)
    }
  }

  private func note(_ progress: GenerationProgress) async throws(SessionEnd) {
    try await start()
    guard let current = held else { return }
    held?.watch.note(progress, now: parts.clock.uptime)
    held?.lastProgress = progress
    parts.report(progress, [], current.lease.id, current.lease.owner)
  }

  private func show(_ preview: [UInt8]) {
    guard let held, let progress = held.lastProgress, let preview = Reported.preview(preview) else { return }
    parts.report(progress, preview, held.lease.id, held.lease.owner)
  }
}
