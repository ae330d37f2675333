import Generation
import JobQueue
import Logging
import Sockets
import WorkerProtocol

/// One worker over one link: what it can do, the one attempt it has, and every rule of the talk.
///
/// Messages are handled one after the other, so that a picture is durable before the next byte is read.
/// What the worker says counts only if it names the attempt this session holds; the owner always comes from
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
  var held: HeldJob?
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
  var isHolding: Bool { held != nil || isTaking }

  /// What it has, if it has something.
  var request: GenerationRequest? { held?.lease.request }

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
    guard let models, joins != nil || !ifJoining, held == nil, takesJobs, !isPaused, !isTaking, !isEnded
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
    guard let held, attempts.contains(held.attempt) else { return }
    logger.warning("the attempt was taken back", metadata: ["job": "\(held.lease.id)"])
    settle(accepted: false)
  }

  /// The leases of these attempts ended: a worker that held one spoke, if at all, of something else.
  ///
  /// It may not even have heard of it, so its link is made anew before it is given the next job.
  func leaseEnded(_ attempts: [JobAttempt]) {
    guard let held, attempts.contains(held.attempt) else { return }
    takesJobs = false
    takenBack(attempts)
    finish(.leaseEnded)
  }

  /// A job changed: if it is the one held and its end is wished for, the worker is told.
  func jobChanged(_ id: JobID) async throws(JobQueueError) {
    guard let held, held.lease.id == id, !held.isCancelSent else { return }
    let job = try await parts.store.job(id, owner: held.lease.owner)
    if job?.cancelRequested == true { sendCancel(held.attempt) }
  }

  // MARK: - What is held

  func hold(_ lease: Lease) {
    let now = parts.clock.uptime
    held = HeldJob(lease: lease, watch: ProgressWatch(now: now), since: now)
    parts.capabilities.setBusy(worker, true)
  }

  /// The attempt held is over; the worker may forget it.
  func settle(accepted: Bool) {
    guard let held else { return }
    self.held = nil
    settled = (held.attempt, accepted)
    say(.acknowledge(held.attempt, accepted: accepted))
    parts.capabilities.setBusy(worker, false)
    dispatcher.noteIdle()
  }

  /// Tells the worker to stop the attempt, once.
  func sendCancel(_ attempt: JobAttempt) {
    guard held?.attempt == attempt, held?.isCancelSent == false else { return }
    held?.isCancelSent = true
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
    guard let current = held else { return false }
    guard let since = current.hungSince else {
      if current.watch.isOverdue(now: now) {
        logger.warning("no progress; asking the worker to stop", metadata: ["job": "\(current.lease.id)"])
        held?.hungSince = now
        sendCancel(current.attempt)
      }
      return false
    }
    return now - since >= parts.options.hangGrace
  }
}
