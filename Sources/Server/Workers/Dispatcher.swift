import Generation
import JobQueue
import Logging
import WorkerProtocol

/// Brings waiting jobs and free workers together.
///
/// There is no busy flag: the store's leases say who has what. This actor only wakes sessions when there may
/// be something to do: a job came, a worker is free, a second passed.
actor Dispatcher {
  /// What it works with.
  nonisolated let parts: WorkerParts
  private var sessions: [WorkerID: WorkerSession] = [:]
  private var isDraining = false
  /// Workers that are given nothing more, connected or not.
  private var drained: Set<WorkerID> = []
  private let events: AsyncStream<QueueEvent>
  private let idle: AsyncStream<Void>
  private nonisolated let idleSignal: AsyncStream<Void>.Continuation

  /// Begins to listen to the store.
  init(parts: WorkerParts) {
    self.parts = parts
    // The reaper looks each second anyway, so a lost event costs a second.
    let (events, sink) = AsyncStream<QueueEvent>.makeStream(bufferingPolicy: .bufferingNewest(4096))
    self.events = events
    (idle, idleSignal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    parts.store.observe { events in
      for event in events { sink.yield(event) }
    }
  }

  /// Hands out jobs and takes leases back until cancelled.
  func run() async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.followEvents() }
      group.addTask { await self.reap() }
    }
  }

  // MARK: - Sessions

  /// A worker shook hands; an older link of the same worker is replaced and can settle nothing more.
  func attach(_ session: WorkerSession) async {
    let old = sessions.updateValue(session, forKey: session.worker)
    old?.finish(.replaced)
    if isDraining || drained.contains(session.worker) { await session.pause() }
  }

  /// A link ended: what the worker had is queued again at once, unless a newer link took over or the server
  /// stops; then the lease waits for the worker to come back.
  func detach(_ session: WorkerSession) async {
    guard sessions[session.worker] === session else { return }
    sessions[session.worker] = nil
    parts.capabilities.disconnected(session.worker)
    idleSignal.yield()
    guard !isDraining else { return }
    do {
      let lost = try await parts.store.workerLost(session.worker)
      if !lost.isEmpty {
        parts.logger.warning(
          "worker lost; its job is queued again",
          metadata: ["worker": "\(session.worker)", "jobs": "\(lost)"])
      }
    } catch {
      // The lease ends by itself.
      parts.logger.error("cannot give a lost worker's job back", metadata: ["error": "\(error)"])
    }
  }

  /// What a worker has now.
  func request(of worker: WorkerID) async -> GenerationRequest? { await sessions[worker]?.request }

  /// A session is free again, or gone.
  nonisolated func noteIdle() { idleSignal.yield() }

  // MARK: - For admins

  /// Gives a worker nothing more from now on, also when it connects again, or takes that back.
  ///
  /// What it has it finishes.
  func setDrained(_ worker: WorkerID, _ isDrained: Bool) async throws(JobQueueError) {
    if isDrained { drained.insert(worker) } else { drained.remove(worker) }
    parts.capabilities.setDrained(worker, isDrained)
    guard !isDraining, let session = sessions[worker] else { return }
    if isDrained { await session.pause() } else { try await session.unpause() }
  }

  /// Queues an unfinished job again, whoever has it; see `JobStore.requeue`.
  func requeue(_ id: JobID) async throws(JobQueueError) -> InterventionOutcome {
    await tell(try await parts.store.requeue(id))
  }

  /// Ends an unfinished job, whoever has it; see `JobStore.abort`.
  func abort(_ id: JobID, _ error: UserError) async throws(JobQueueError) -> InterventionOutcome {
    await tell(try await parts.store.abort(id, error))
  }

  /// Tells the worker whose attempt was taken back, so that it stops and is free.
  private func tell(_ outcome: InterventionOutcome) async -> InterventionOutcome {
    if case .done(let attempt?) = outcome {
      for session in sessions.values { await session.takenBack([attempt]) }
      await wake()
    }
    return outcome
  }

  // MARK: - Handing out

  private func followEvents() async {
    for await event in events {
      guard case .job(let id, let state) = event.kind else { continue }
      switch state {
      case .queued: await wake()
      case .assigned:
        await tell(id)
        await wake(onlyJoining: true)
      case .running: await tell(id)
      case .finished, .failed, .cancelled: break
      }
    }
  }

  /// Offers every free worker the next job, or only those that share others' steps.
  private func wake(onlyJoining: Bool = false) async {
    for session in sessions.values {
      do throws(JobQueueError) { try await session.assignNext(ifJoining: onlyJoining) } catch {
        // A full disk is said by the reaper.
        if error != .diskFull { parts.logger.error("cannot hand out a job", metadata: ["error": "\(error)"]) }
        return
      }
    }
  }

  private func tell(_ id: JobID) async {
    for session in sessions.values {
      do throws(JobQueueError) { try await session.jobChanged(id) } catch {
        parts.logger.error("cannot read a job", metadata: ["error": "\(error)"])
      }
    }
  }

  /// Each second: leases that are over are taken back, and jobs whose retry delay is over are handed out.
  private func reap() async {
    var lastError: JobQueueError?
    for round in 0... {
      if Task.isCancelled { return }
      do throws(JobQueueError) {
        let attempts = try await parts.store.expireLeases()
        for session in sessions.values where !attempts.isEmpty { await session.leaseEnded(attempts) }
        try await parts.store.useQuietMoment()
        lastError = nil
      } catch {
        if error == .diskFull { _ = parts.reserve?.release() }
        // Said once, not each second.
        if error != lastError {
          parts.logger.error("cannot take leases back", metadata: ["error": "\(error)"])
        }
        lastError = error
      }
      await wake()
      if round % 60 == 59, lastError == nil { parts.reserve?.restore() }
      // Cancelled at the end: the loop's condition sees it.
      try? await Task.sleep(for: parts.options.reaper)
    }
  }

  // MARK: - Leaving

  /// Hands out nothing more, waits for running jobs at most so long, then says goodbye to every worker.
  ///
  /// A job still running stays leased: its worker keeps it and has the lease's time after the next start.
  func drain(within limit: Duration) async {
    isDraining = true
    for session in sessions.values { await session.pause() }
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.waitUntilIdle() }
      group.addTask { try? await Task.sleep(for: limit) }
      await group.next()
      group.cancelAll()
    }
    for session in sessions.values { session.sayGoodbye() }
  }

  private func waitUntilIdle() async {
    if await !isAnyHolding() { return }
    for await _ in idle where await !isAnyHolding() { return }
  }

  private func isAnyHolding() async -> Bool {
    for session in sessions.values where await session.isHolding { return true }
    return false
  }
}
