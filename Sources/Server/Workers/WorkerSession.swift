import Generation
import JobQueue
import Logging
import Sockets
import WorkerProtocol

/// One worker over one link: what it can do, the attempts it has, and every rule of the talk.
///
/// Messages are handled one after the other, so that a picture is durable before the next byte is read.
/// What the worker says counts only if it names an attempt this session holds; the owner always comes from
/// the lease, which comes from the job's row.
actor WorkerSession {
  nonisolated let worker: WorkerID
  let parts: WorkerParts
  let connection: Connection
  let dispatcher: Dispatcher
  let logger: Logger
  private let outbox: AsyncStream<ServerMessage>.Continuation
  private let messages: AsyncStream<ServerMessage>
  private let ending: AsyncStream<SessionEnd>
  private let end: AsyncStream<SessionEnd>.Continuation

  /// Messages that may wait for a worker to read them; one that lets more pile up is gone or hostile.
  private static let outboxLimit = 256

  var models: Set<String>?
  var modes: Set<GenerationMode> = []
  /// The worker whose steps this one's jobs are to share; nil for one that takes any job.
  var joins: WorkerID?
  /// Whether it takes the next job while it saves the last one's pictures.
  var takesWhileSaving = false
  var held = HeldJobs()
  /// The attempt settled last and how, to give a repeated message the same answer.
  var settled: (attempt: JobAttempt, accepted: Bool)?
  var takesJobs = true
  private var isPaused = false
  private var isTaking = false
  private(set) var isEnded = false

  init(worker: WorkerID, connection: Connection, dispatcher: Dispatcher, parts: WorkerParts) {
    self.worker = worker
    self.connection = connection
    self.dispatcher = dispatcher
    self.parts = parts
    var logger = parts.logger
    logger[metadataKey: "worker"] = "\(worker)"
    self.logger = logger
    (messages, outbox) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.outboxLimit))
    (ending, end) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(1))
  }

  // MARK: - The dispatcher's side

  /// Whether it has an attempt.
  var isHolding: Bool { !held.isEmpty || isTaking }

  /// What its device works for, if others may join.
  var request: GenerationRequest? {
    held.onDevice.flatMap { $0.lease.hasCrashed ? nil : $0.lease.request }
  }

  /// Ends the link; the first reason stays.
  nonisolated func finish(_ reason: SessionEnd) { end.yield(reason) }

  /// Takes no further jobs: the server is to stop, or an admin wants so.
  func pause() { isPaused = true }

  /// Takes jobs again, and the next one at once.
  func unpause() async throws(JobQueueError) {
    isPaused = false
    try await assignNext()
  }

  /// Says that the server leaves; the link ends when that is said.
  nonisolated func sayGoodbye() { say(.goodbye) }

  /// Sends a message after those that wait; a worker that does not read loses its link.
  nonisolated func say(_ message: ServerMessage) {
    if case .dropped = outbox.yield(message) { finish(.misbehaved("the worker does not read")) }
  }

  /// Takes the next job, if the worker is free and may; `ifJoining`: only if it shares another's steps.
  func assignNext(ifJoining: Bool = false) async throws(JobQueueError) {
    guard let models, joins != nil || !ifJoining, held.onDevice == nil,
      held.saving == nil || takesWhileSaving,
      takesJobs, !isPaused, !isTaking, !isEnded
    else { return }
    isTaking = true
    defer { isTaking = false }
    var company: SharedSteps?
    if let joins {
      guard let running = await dispatcher.request(of: joins), let steps = SharedSteps(running) else {
        return
      }
      company = steps
    }
    guard
      let lease = try await parts.store.take(worker: worker, models: models, modes: modes, joining: company)
    else { return }
    guard !isEnded else {
      // The link was lost meanwhile and what the worker had was given back before this was taken.
      _ = try await parts.store.confirmCancel(lease.attempt)
      return
    }
    hold(lease)
    guard try await sendInputs(of: lease) else { return }
    say(.assign(lease.attempt, lease.request))
    logger.info("job assigned", metadata: ["job": "\(lease.id)", "attempt": "\(lease.attempt.attempt)"])
  }

  /// The store took these attempts back: a worker that still has one is to forget it.
  func takenBack(_ attempts: [JobAttempt]) {
    for attempt in attempts {
      guard let job = held[attempt] else { continue }
      logger.warning("the attempt was taken back", metadata: ["job": "\(job.lease.id)"])
      settle(attempt, accepted: false)
    }
  }

  /// The leases of these attempts ended: a worker that held one spoke, if at all, of something else.
  ///
  /// It may not even have heard of it, so its link is made anew before it is given the next job.
  func leaseEnded(_ attempts: [JobAttempt]) {
    guard attempts.contains(where: { held[$0] != nil }) else { return }
    takesJobs = false
    takenBack(attempts)
    finish(.leaseEnded)
  }

  /// A job changed: if it is held and its end is wished for, the worker is told.
  func jobChanged(_ id: JobID) async throws(JobQueueError) {
    guard let attempt = held.attempt(of: id), let lease = held[attempt]?.lease,
      held[attempt]?.isCancelSent == false
    else { return }
    let job = try await parts.store.job(id, owner: lease.owner)
    if job?.cancelRequested == true { sendCancel(attempt) }
  }

  // MARK: - What is held

  func hold(_ lease: Lease) {
    let now = parts.clock.uptime
    let hasPlace = held.add(HeldJob(lease: lease, watch: ProgressWatch(now: now), since: now))
    precondition(hasPlace, "nothing is taken without a place for it")
    parts.capabilities.setBusy(worker, true)
  }

  /// An attempt that is held is over; the worker may forget it.
  func settle(_ attempt: JobAttempt, accepted: Bool) {
    guard held[attempt] != nil else { return }
    held[attempt] = nil
    settled = (attempt, accepted)
    say(.acknowledge(attempt, accepted: accepted))
    if held.onDevice == nil { parts.capabilities.setBusy(worker, false) }
    dispatcher.noteIdle()
  }

  /// Tells the worker to stop the attempt, once.
  func sendCancel(_ attempt: JobAttempt) {
    guard held[attempt]?.isCancelSent == false else { return }
    held[attempt]?.isCancelSent = true
    say(.cancel(attempt))
  }

  // MARK: - The link

  /// Talks until the link ends; returns why.
  ///
  /// `decoder` may hold the first bytes after the handshake.
  func run(_ decoder: FrameDecoder) async -> SessionEnd {
    let reason = await withTaskGroup(of: SessionEnd.self) { group in
      group.addTask { await Self.reason { () throws(SessionEnd) in try await self.read(decoder) } }
      group.addTask { await Self.reason { () throws(SessionEnd) in try await self.write() } }
      group.addTask { await self.tick() }
      group.addTask { [ending] in
        for await reason in ending { return reason }
        return .cancelled
      }
      let first = await group.next() ?? .cancelled
      isEnded = true
      group.cancelAll()
      return first
    }
    await connection.close()
    return reason
  }

  private static func reason(_ body: () async throws(SessionEnd) -> SessionEnd) async -> SessionEnd {
    do { return try await body() } catch { return error }
  }

  private func read(_ decoder: FrameDecoder) async throws(SessionEnd) -> SessionEnd {
    var decoder = decoder
    var patience = FramePatience<MonotonicInstant>(silence: parts.options.silence)
    while true {
      var hasTaken = false
      while let message = try next(&decoder) {
        guard try await receive(message) else { return .closed }
        hasTaken = true
      }
      let deadline = patience.deadline(
        buffered: decoder.bufferedBytes, hasTaken: hasTaken, now: MonotonicInstant.now)
      let bytes: [UInt8]
      do { bytes = try await connection.read(until: deadline) } catch {
        throw error == .cancelled ? .cancelled : .socket(error)
      }
      if bytes.isEmpty { return .closed }
      decoder.append(bytes)
    }
  }

  private func next(_ decoder: inout FrameDecoder) throws(SessionEnd) -> WorkerMessage? {
    do throws(ProtocolError) {
      guard let frame = try decoder.next() else { return nil }
      return try WorkerMessage(frame)
    } catch { throw .malformed(error) }
  }

  private func write() async throws(SessionEnd) -> SessionEnd {
    for await message in messages {
      let bytes: [UInt8]
      do throws(ProtocolError) { bytes = try FrameEncoder.encode(try message.frame()) } catch {
        throw .malformed(error)
      }
      do { try await connection.write(bytes) } catch {
        throw error == .cancelled ? .cancelled : .socket(error)
      }
      if case .input(let attempt, _) = message { await noteSent(attempt) }
      if case .acknowledge = message { Failpoint.acknowledged.reach() }
      if message == .goodbye { return .goodbye }
    }
    return .cancelled
  }

  /// Says that the server lives, and looks whether the worker hangs.
  private func tick() async -> SessionEnd {
    while true {
      say(.heartbeat)
      if isHung() { return .hung }
      do { try await Task.sleep(for: parts.options.heartbeat) } catch { return .cancelled }
    }
  }

  /// Asks a worker without progress to stop; true when it did not within the grace.
  private func isHung() -> Bool {
    let now = parts.clock.uptime
    var isHung = false
    for attempt in held.attempts {
      guard let job = held[attempt] else { continue }
      if let since = job.hungSince {
        isHung = isHung || now - since >= parts.options.hangGrace
      } else if job.watch.isOverdue(now: now) {
        logger.warning("no progress; asking the worker to stop", metadata: ["job": "\(job.lease.id)"])
        held[attempt]?.hungSince = now
        sendCancel(attempt)
      }
    }
    return isHung
  }
}
