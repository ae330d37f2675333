import Generation

/// The part of a job that changes, as a value: every rule of the queue without a database.
///
/// The attempt number is the fencing token: what names an older attempt is refused. Terminal states never
/// change. Times are uptimes.
struct JobMachine: Equatable, Sendable {
  /// Where it stands.
  var state = JobState.queued
  /// How often it was handed out.
  var attempt: UInt32 = 0
  /// How many attempts failed, for whatever reason that was not the server's restart.
  var failureCount = 0
  /// How often a link was lost while it ran.
  var crashCount = 0
  /// How often it was queued again.
  var rescueCount = 0
  /// Whether the end is asked for and not confirmed.
  var cancelRequested = false
  /// Who has it, or had it last.
  var worker: WorkerID?
  /// Why it failed.
  var error: UserError?
  /// Whether the newest attempt may still speak: its worker may come back with it.
  var isAttemptOpen = false
  /// Whether the newest attempt's end was counted as a crash, which its worker's return takes back.
  var isCrashProvisional = false
  /// Whether the lease is from an earlier run of the server.
  var isLeaseVoid = false
  /// When the lease ends.
  var leaseDeadline = Duration.zero
  /// When the attempt must be over.
  var attemptDeadline = Duration.zero
  /// When the first attempt began; nil before.
  var firstTaken: Duration?
  /// Not to be taken earlier.
  var notBefore = Duration.zero

  /// Whether a worker has it.
  var isActive: Bool { state == .assigned || state == .running }

  /// Applies a change, or leaves everything as it is and says why.
  mutating func apply(_ change: JobChange, now: Duration, policy: QueuePolicy) -> JobVerdict {
    switch change {
    case .take(let worker): take(worker, now, policy)
    case .resume(let attempt, let worker): resume(attempt, worker, now, policy)
    case .start(let attempt): start(attempt, now, policy)
    case .renew(let attempt): renew(attempt, now, policy)
    case .finish(let attempt): finish(attempt)
    case .fail(let attempt, let error, let retryable): fail(attempt, error, retryable, now, policy)
    case .cancel: cancel()
    case .confirmCancel(let attempt): confirmCancel(attempt, now, policy)
    case .workerLost(let worker, let isSuspect): workerLost(worker, isSuspect, now, policy)
    case .expire: expire(now, policy)
    case .restart: restart(now, policy)
    case .takeBack: takeBack(now)
    case .abort(let error): abort(error)
    }
  }

  private func isCurrent(_ attempt: UInt32) -> Bool { isActive && attempt == self.attempt }

  private mutating func take(_ worker: WorkerID, _ now: Duration, _ policy: QueuePolicy) -> JobVerdict {
    guard state == .queued, notBefore <= now else { return .refused }
    let (next, overflow) = attempt.addingReportingOverflow(1)
    guard !overflow else { return .refused }
    state = .assigned
    attempt = next
    self.worker = worker
    isAttemptOpen = true
    isCrashProvisional = false
    isLeaseVoid = false
    leaseDeadline = now + policy.lease
    attemptDeadline = now + policy.attempt
    firstTaken = firstTaken ?? now
    return .changed
  }

  private mutating func resume(
    _ attempt: UInt32, _ worker: WorkerID, _ now: Duration, _ policy: QueuePolicy
  ) -> JobVerdict {
    guard attempt == self.attempt, worker == self.worker, isAttemptOpen else { return .refused }
    leaseDeadline = now + policy.lease
    isLeaseVoid = false
    if isActive { return .renewed }
    guard state == .queued else { return .refused }
    // The worker did not die, only its link: what was counted against the job is taken back.
    state = .running
    if isCrashProvisional { crashCount -= 1 }
    isCrashProvisional = false
    failureCount -= 1
    return .changed
  }

  private mutating func start(_ attempt: UInt32, _ now: Duration, _ policy: QueuePolicy) -> JobVerdict {
    guard isCurrent(attempt) else { return .refused }
    leaseDeadline = now + policy.lease
    if state == .running { return .renewed }
    state = .running
    return .changed
  }

  private mutating func renew(_ attempt: UInt32, _ now: Duration, _ policy: QueuePolicy) -> JobVerdict {
    guard isCurrent(attempt) else { return .refused }
    leaseDeadline = now + policy.lease
    return .renewed
  }

  private mutating func finish(_ attempt: UInt32) -> JobVerdict {
    if state == .finished, attempt == self.attempt { return .duplicate }
    guard isCurrent(attempt) else { return .refused }
    end(.finished)
    return .changed
  }

  private mutating func fail(
    _ attempt: UInt32, _ error: UserError, _ retryable: Bool, _ now: Duration, _ policy: QueuePolicy
  ) -> JobVerdict {
    guard isCurrent(attempt) else { return duplicateOrRefused(attempt) }
    isAttemptOpen = false
    if retryable {
      giveBack(now, policy, otherwise: error)
    } else {
      end(cancelRequested ? .cancelled : .failed, error)
    }
    return .changed
  }

  private mutating func cancel() -> JobVerdict {
    switch state {
    case .queued:
      end(.cancelled)
      return .changed
    case .assigned, .running:
      guard !cancelRequested else { return .duplicate }
      cancelRequested = true
      return .changed
    case .finished, .failed, .cancelled: return .refused
    }
  }

  private mutating func confirmCancel(
    _ attempt: UInt32, _ now: Duration, _ policy: QueuePolicy
  ) -> JobVerdict {
    guard isCurrent(attempt) else { return duplicateOrRefused(attempt) }
    isAttemptOpen = false
    // A worker that stops unasked (it drains, say) gives the job back.
    giveBack(now, policy, otherwise: .stopped)
    return .changed
  }

  private mutating func workerLost(
    _ worker: WorkerID, _ isSuspect: Bool, _ now: Duration, _ policy: QueuePolicy
  ) -> JobVerdict {
    guard isActive, worker == self.worker else { return .refused }
    if isLeaseVoid, !cancelRequested {
      // It was the server that died; the worker came back without the attempt.
      isAttemptOpen = false
      requeue(notBefore: now)
      return .changed
    }
    if state == .running, isSuspect, !cancelRequested {
      crashCount += 1
      isCrashProvisional = true
      if crashCount >= policy.crashes {
        end(.failed, .poison)
        return .changed
      }
    }
    giveBack(now, policy, otherwise: .workerLost)
    return .changed
  }

  private mutating func expire(_ now: Duration, _ policy: QueuePolicy) -> JobVerdict {
    guard isActive, leaseDeadline <= now || attemptDeadline <= now else { return .refused }
    isAttemptOpen = false
    if isLeaseVoid, !cancelRequested {
      // The server died, not the job: nothing is counted against it.
      requeue(notBefore: now)
    } else {
      giveBack(now, policy, otherwise: .timedOut)
    }
    return .changed
  }

  private mutating func restart(_ now: Duration, _ policy: QueuePolicy) -> JobVerdict {
    guard isActive else { return .refused }
    isLeaseVoid = true
    leaseDeadline = now + policy.lease
    return .renewed
  }

  private mutating func takeBack(_ now: Duration) -> JobVerdict {
    switch state {
    case .queued:
      notBefore = now
      return .renewed
    case .assigned, .running:
      isAttemptOpen = false
      // Nothing is counted against the job: it was not its fault.
      if cancelRequested { end(.cancelled) } else { requeue(notBefore: now) }
      return .changed
    case .finished, .failed, .cancelled: return .refused
    }
  }

  private mutating func abort(_ error: UserError) -> JobVerdict {
    if state.isTerminal { return .refused }
    end(cancelRequested ? .cancelled : .failed, error)
    return .changed
  }

  /// After a failure that may be the worker's: cancelled if that was wished, queued again while attempts
  /// and time are left, else failed with `error`.
  private mutating func giveBack(_ now: Duration, _ policy: QueuePolicy, otherwise error: UserError) {
    if cancelRequested { return end(.cancelled) }
    failureCount += 1
    guard failureCount < policy.attempts, now - (firstTaken ?? now) < policy.allAttempts else {
      return end(.failed, error)
    }
    let index = min(failureCount - 1, policy.retryDelays.count - 1)
    requeue(notBefore: now + (index < 0 ? .zero : policy.retryDelays[index]))
  }

  private mutating func requeue(notBefore: Duration) {
    state = .queued
    rescueCount += 1
    isLeaseVoid = false
    self.notBefore = notBefore
  }

  private mutating func end(_ state: JobState, _ error: UserError? = nil) {
    self.state = state
    self.error = state == .failed ? error : nil
    cancelRequested = false
    isAttemptOpen = false
    isCrashProvisional = false
    isLeaseVoid = false
  }

  /// Whether an end of this attempt was taken before.
  private func duplicateOrRefused(_ attempt: UInt32) -> JobVerdict {
    attempt == self.attempt && attempt > 0 && !isActive && !isAttemptOpen && state != .finished
      ? .duplicate : .refused
  }
}
