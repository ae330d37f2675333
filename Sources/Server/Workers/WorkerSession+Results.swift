import Generation
import JobQueue
import Logging
import WorkerProtocol

extension WorkerSession {
  /// Keeps a picture: file durable, then row committed; the store's observers announce it.
  func keep(_ picture: WorkerPicture, _ attempt: JobAttempt) async throws(SessionEnd) {
    guard let request = held[attempt]?.lease.request else { return }
    if let fault = Self.fault(in: picture, of: request) {
      return try await refuse(attempt, "the worker sent a picture that is not as asked: \(fault)")
    }
    Failpoint.pictureReceived.reach()
    let sha256 = try await file { () async throws(ImageStoreError) in
      try await parts.images.store(picture.png)
    }
    Failpoint.fileDurable.reach()
    let hasThumbnail = Self.isThumbnail(picture)
    if hasThumbnail {
      try await file { () async throws(ImageStoreError) in
        try await parts.images.storeThumbnail(picture.thumbnail, of: sha256)
      }
      Failpoint.thumbnailDurable.reach()
    }
    let image = NewImage(
      index: picture.index, seed: picture.seed, width: picture.width, height: picture.height,
      sha256: sha256, bytes: picture.png.count, hasThumbnail: hasThumbnail,
      isFlagged: picture.isFlagged)
    let outcome = try await stored { () async throws(JobQueueError) in
      try await parts.store.storeImage(image, for: attempt)
    }
    held[attempt]?.watch.notePicture(now: parts.clock.uptime)
    if outcome == .lost { settle(attempt, accepted: false) }
  }

  /// Ends the job as finished, if every picture is there.
  func complete(_ attempt: JobAttempt, _ summary: GenerationSummary) async throws(SessionEnd) {
    let outcome = try await stored { () async throws(JobQueueError) in try await parts.store.finish(attempt) }
    guard let job = held[attempt] else { return }
    if case .incomplete(let missing) = outcome {
      return try await refuse(attempt, "the worker said it was done without pictures \(missing)")
    }
    logger.info("job done", metadata: ["job": "\(job.lease.id)", "images": "\(summary.images)"])
    try await settleAndGoOn(attempt, outcome)
    await measure(job, summary)
  }

  /// Keeps how long the job took; what the worker says counts only as far as its time here allows.
  private func measure(_ held: HeldJob, _ reported: GenerationSummary) async {
    let summary = Reported.summary(reported, within: parts.clock.uptime - held.since)
    parts.measured(summary)
    let request = held.lease.request
    let timing = Timing(
      request: request, worker: worker, evaluations: request.stepCount,
      seconds: summary.text + summary.denoise + summary.decode)
    // An estimate is no reason to end a link.
    do { try await parts.store.recordTiming(timing) } catch {
      logger.warning("cannot keep a timing", metadata: ["error": "\(error)"])
    }
  }

  /// Ends the attempt as failed.
  func fail(_ attempt: JobAttempt, _ error: UserError, _ retryable: Bool) async throws(SessionEnd) {
    guard let job = held[attempt] else { return }
    logger.warning(
      "attempt failed",
      metadata: ["job": "\(job.lease.id)", "code": "\(error.code)", "retry": "\(retryable)"])
    let outcome = try await stored { () async throws(JobQueueError) in
      try await parts.store.fail(attempt, error, retryable: retryable)
    }
    try await settleAndGoOn(attempt, outcome)
  }

  /// Ends the attempt as stopped.
  func confirmCancel(_ attempt: JobAttempt) async throws(SessionEnd) {
    let outcome = try await stored { () async throws(JobQueueError) in
      try await parts.store.confirmCancel(attempt)
    }
    try await settleAndGoOn(attempt, outcome)
  }

  private func settleAndGoOn(_ attempt: JobAttempt, _ outcome: SettleOutcome) async throws(SessionEnd) {
    guard held[attempt] != nil else { return }
    settle(attempt, accepted: outcome != .lost)
    try await goOn()
  }

  /// Gives the worker, whose device may just have become free, the next job.
  func goOn() async throws(SessionEnd) {
    guard held.onDevice == nil else { return }
    let since = parts.clock.uptime
    try await stored { () async throws(JobQueueError) in try await assignNext() }
    if held.onDevice != nil { parts.waited(parts.clock.uptime - since) }
  }

  /// The attempt is given back and the link cut: a worker that breaks the rules is not asked again on it.
  private func refuse(_ attempt: JobAttempt, _ reason: String) async throws(SessionEnd) {
    // Before the job is queued again, or this worker might be handed it once more.
    takesJobs = false
    let error = UserError(code: "bad_result", message: "the worker's result was not usable")
    _ = try await stored { () async throws(JobQueueError) in
      try await parts.store.fail(attempt, error, retryable: true)
    }
    settle(attempt, accepted: false)
    throw .misbehaved(reason)
  }

  // MARK: - Checks

  /// What is wrong with a picture; nil when it is the one asked for.
  static func fault(in picture: WorkerPicture, of request: GenerationRequest) -> String? {
    guard (0..<request.batchCount).contains(picture.index) else { return "index \(picture.index)" }
    guard picture.seed == request.seed(ofPicture: picture.index) else { return "seed" }
    let (width, height) = request.outputSize
    guard picture.width == width, picture.height == height else { return "size" }
    do throws(PNGStructure.Fault) {
      try PNGStructure.check(picture.png, width: width, height: height)
    } catch { return "\(error)" }
    return nil
  }

  /// Whether the small version is a PNG no larger than the picture; another is dropped.
  static func isThumbnail(_ picture: WorkerPicture) -> Bool {
    guard !picture.thumbnail.isEmpty, let size = try? PNGStructure.size(of: picture.thumbnail) else {
      return false
    }
    return size[0] <= picture.width && size[1] <= picture.height
  }

  // MARK: - Storing

  /// Asks the store; while the disk is full, again and again: the worker keeps its result meanwhile.
  func stored<T>(_ body: () async throws(JobQueueError) -> T) async throws(SessionEnd) -> T {
    while true {
      do throws(JobQueueError) { return try await body() } catch {
        guard error == .diskFull else { throw .store(error) }
      }
      try await waitForSpace()
    }
  }

  private func file<T>(_ body: () async throws(ImageStoreError) -> T) async throws(SessionEnd) -> T {
    while true {
      do throws(ImageStoreError) { return try await body() } catch {
        guard case .full = error else { throw .images(error) }
      }
      try await waitForSpace()
    }
  }

  private func waitForSpace() async throws(SessionEnd) {
    logger.error("the disk is full; the worker keeps its result until there is room")
    if parts.reserve?.release() == true { return }
    do { try await Task.sleep(for: parts.options.fullDiskRetry) } catch { throw .cancelled }
    // The worker did its part: its lease must not end over our disk. Without room this fails too.
    for attempt in held.attempts { _ = try? await parts.store.renew(attempt) }
  }
}
