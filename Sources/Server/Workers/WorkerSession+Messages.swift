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
      if isHeld(attempt, answering: true) { try await start(attempt) }
    case .progress(let attempt, let progress):
      if isHeld(attempt, answering: false) { try await note(Reported.progress(progress), attempt) }
    case .preview(let attempt, let bytes):
      if isHeld(attempt, answering: false) { show(bytes, attempt) }
    case .image(let attempt, let picture):
      if isHeld(attempt, answering: true) { try await keep(picture, attempt) }
    case .completed(let attempt, let summary):
      if isHeld(attempt, answering: true) { try await complete(attempt, summary) }
    case .failed(let attempt, let failure):
      if isHeld(attempt, answering: true) {
        try await fail(attempt, Reported.error(failure.error), failure.retryable)
      }
    case .cancelled(let attempt):
      if isHeld(attempt, answering: true) { try await confirmCancel(attempt) }
    }
    return true
  }

  /// Whether this attempt is held.
  ///
  /// Of another one the worker is told, if it must know, that it is over.
  private func isHeld(_ attempt: JobAttempt, answering: Bool) -> Bool {
    if held[attempt] != nil { return true }
    if answering {
      let accepted = settled?.attempt == attempt ? settled?.accepted ?? false : false
      say(.acknowledge(attempt, accepted: accepted))
    }
    return false
  }

  // MARK: - Opening

  private func open(_ capabilities: WorkerCapabilities) async throws(SessionEnd) {
    let isFirst = models == nil
    if isFirst, held.isEmpty {
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
    takesWhileSaving = capabilities.takesWhileSaving
    try await forget(parts.capabilities.connected(worker, capabilities))
    if isFirst {
      parts.capabilities.setBusy(worker, held.onDevice != nil)
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
    guard models == nil, held.saving == nil, held[attempt] == nil else {
      throw .misbehaved("resume after the session was opened, or of too many attempts")
    }
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

  /// A worker that names what it works for holds that, and what it still saves.
  private func heartbeat(_ attempt: JobAttempt?) async throws(SessionEnd) {
    guard let attempt, held[attempt] != nil else { return }
    for attempt in held.attempts { try await renew(attempt) }
  }

  private func renew(_ attempt: JobAttempt) async throws(SessionEnd) {
    let now = parts.clock.uptime
    guard let job = held[attempt], job.hungSince == nil, !job.watch.isOverdue(now: now) else { return }
    // Each renewal syncs the disk: a worker that beats without pause must not slow the queue.
    guard now - job.renewedAt >= parts.options.renewal else { return }
    held[attempt]?.renewedAt = now
    let status = try await stored { () async throws(JobQueueError) in try await parts.store.renew(attempt) }
    follow(status, attempt)
  }

  private func start(_ attempt: JobAttempt) async throws(SessionEnd) {
    guard held[attempt]?.hasStarted == false else { return }
    held[attempt]?.hasStarted = true
    let status = try await stored { () async throws(JobQueueError) in try await parts.store.start(attempt) }
    follow(status, attempt)
  }

  private func follow(_ status: LeaseStatus, _ attempt: JobAttempt) {
    // While the store was asked, the attempt may have been settled.
    guard held[attempt] != nil else { return }
    switch status {
    case .held(let cancelRequested): if cancelRequested { sendCancel(attempt) }
    case .lost: settle(attempt, accepted: false)
    }
  }

  private func note(_ progress: GenerationProgress, _ attempt: JobAttempt) async throws(SessionEnd) {
    try await start(attempt)
    guard let lease = held[attempt]?.lease else { return }
    held[attempt]?.watch.note(progress, now: parts.clock.uptime)
    held[attempt]?.lastProgress = progress
    parts.report(progress, [], lease.id, lease.owner)
    guard progress.phase == .saving, takesWhileSaving, held.noteSaving(attempt) else { return }
    try await goOn()
  }

  private func show(_ preview: [UInt8], _ attempt: JobAttempt) {
    guard let job = held[attempt], let progress = job.lastProgress, let preview = Reported.preview(preview)
    else {
      return
    }
    parts.report(progress, preview, job.lease.id, job.lease.owner)
  }
}
