import Generation
import Testing

@testable import JobQueue

@Suite struct JobMachineTests {
  private let policy = QueuePolicy()
  private static let worker = WorkerID("w")
  private static let other = WorkerID("v")
  private static let error = UserError(code: "internal", message: "it broke")

  /// What can happen from outside, without naming attempts: the test names current and stale ones.
  private enum Step: CaseIterable {
    case take, result, rescue, cancel, crash
  }

  /// Applies a step and checks what must hold after any step from any state.
  private func apply(_ step: Step, to machine: JobMachine, at now: Duration) -> JobMachine {
    var next = machine
    let verdict: JobVerdict
    switch step {
    case .take: verdict = next.apply(.take(Self.worker), now: now, policy: policy)
    case .result: verdict = next.apply(.finish(machine.attempt), now: now, policy: policy)
    case .rescue: verdict = next.apply(.expire, now: machine.leaseDeadline, policy: policy)
    case .cancel: verdict = next.apply(.cancel, now: now, policy: policy)
    case .crash:
      if next.state == .assigned { _ = next.apply(.start(next.attempt), now: now, policy: policy) }
      verdict = next.apply(.workerLost(Self.worker), now: now, policy: policy)
    }
    check(machine, step, next, verdict)
    checkFencing(next, now)
    return next
  }

  private func check(_ before: JobMachine, _ step: Step, _ after: JobMachine, _ verdict: JobVerdict) {
    if before.state.isTerminal { #expect(after == before, "a terminal state changed on \(step)") }
    if verdict == .refused || verdict == .duplicate {
      #expect(after == before, "\(verdict) changed the job on \(step)")
    }
    #expect(after.attempt == before.attempt || step == .take && after.attempt == before.attempt + 1)
    #expect(after.crashCount < policy.crashes || after.state == .failed && after.error == .poison)
    #expect(after.failureCount < policy.attempts || after.state.isTerminal)
    #expect(after.state != .queued || !after.cancelRequested)
    #expect(!after.isActive || after.worker != nil && after.isAttemptOpen)
    #expect((after.error != nil) == (after.state == .failed))
    #expect(after.rescueCount >= before.rescueCount)
  }

  /// Nothing that names another attempt has any effect.
  private func checkFencing(_ machine: JobMachine, _ now: Duration) {
    let stale = machine.attempt &- 1
    let changes: [JobChange] = [
      .start(stale), .renew(stale), .finish(stale), .fail(stale, Self.error, retryable: true),
      .confirmCancel(stale), .resume(stale, Self.worker), .finish(machine.attempt + 1),
      .workerLost(Self.other), .resume(machine.attempt, Self.other),
    ]
    for change in changes {
      var copy = machine
      let verdict = copy.apply(change, now: now, policy: policy)
      if verdict != .refused || copy != machine { Issue.record("\(change) had an effect") }
    }
  }

  @Test func `every interleaving of take, result, rescue, cancel and crash to depth 8 keeps the rules`() {
    // Equal machines behave equally, so each level keeps the distinct ones: all interleavings are covered.
    var level: Set<MachineKey> = [MachineKey(machine: JobMachine())]
    for depth in 0..<8 {
      let now = Duration.seconds(100 * (depth + 1))
      var next: Set<MachineKey> = []
      for key in level {
        for step in Step.allCases { next.insert(MachineKey(machine: apply(step, to: key.machine, at: now))) }
      }
      level = next
    }
    let states = Set(level.map(\.machine.state))
    #expect(states.isSuperset(of: [.assigned, .queued, .finished, .failed, .cancelled]))
  }

  private struct MachineKey: Hashable {
    let machine: JobMachine
    func hash(into hasher: inout Hasher) {
      hasher.combine(machine.state)
      hasher.combine(machine.attempt)
      hasher.combine(machine.failureCount)
      hasher.combine(machine.leaseDeadline)
    }
  }

  private func running(_ attempt: UInt32 = 1) -> JobMachine {
    var machine = JobMachine()
    machine.attempt = attempt - 1
    _ = machine.apply(.take(Self.worker), now: .zero, policy: policy)
    _ = machine.apply(.start(attempt), now: .zero, policy: policy)
    return machine
  }

  @Test func `retries wait 0, 5 and 30 seconds and the fourth failure is the last`() {
    var machine = JobMachine()
    var now = Duration.seconds(10)
    for delay in policy.retryDelays {
      _ = machine.apply(.take(Self.worker), now: now, policy: policy)
      _ = machine.apply(.fail(machine.attempt, Self.error, retryable: true), now: now, policy: policy)
      #expect(machine.state == .queued)
      #expect(machine.notBefore == now + delay)
      if delay > .zero {
        var early = machine
        #expect(
          early.apply(.take(Self.worker), now: now + delay - .milliseconds(1), policy: policy) == .refused)
      }
      now += delay
    }
    _ = machine.apply(.take(Self.worker), now: now, policy: policy)
    _ = machine.apply(.fail(machine.attempt, Self.error, retryable: true), now: now, policy: policy)
    #expect(machine.state == .failed)
    #expect(machine.error == Self.error)
  }

  @Test func `an error of the request is not tried again`() {
    var machine = running()
    #expect(machine.apply(.fail(1, Self.error, retryable: false), now: .zero, policy: policy) == .changed)
    #expect(machine.state == .failed)
  }

  @Test func `nothing is tried again an hour after the first attempt began`() {
    var machine = running()
    let late = Duration.seconds(3600)
    _ = machine.apply(.fail(1, Self.error, retryable: true), now: late, policy: policy)
    #expect(machine.state == .failed)
  }

  @Test func `the second crash while running is poison`() {
    var machine = running()
    _ = machine.apply(.workerLost(Self.worker), now: .zero, policy: policy)
    #expect(machine.state == .queued)
    _ = machine.apply(.take(Self.other), now: .seconds(60), policy: policy)
    _ = machine.apply(.start(2), now: .seconds(60), policy: policy)
    _ = machine.apply(.workerLost(Self.other), now: .seconds(60), policy: policy)
    #expect(machine.state == .failed)
    #expect(machine.error == .poison)
  }

  @Test func `a link lost before the start is no crash of the job`() {
    var machine = JobMachine()
    _ = machine.apply(.take(Self.worker), now: .zero, policy: policy)
    _ = machine.apply(.workerLost(Self.worker), now: .zero, policy: policy)
    #expect(machine.crashCount == 0)
    #expect(machine.state == .queued)
  }

  @Test func `a worker that comes back with its attempt goes on and no crash is counted`() {
    var machine = running()
    for second in 1...5 {
      _ = machine.apply(.workerLost(Self.worker), now: .seconds(second), policy: policy)
      #expect(machine.apply(.resume(1, Self.worker), now: .seconds(second), policy: policy) == .changed)
    }
    #expect(machine.state == .running)
    #expect(machine.crashCount == 0)
    #expect(machine.failureCount == 0)
  }

  @Test func `a worker that comes back too late finds its attempt fenced`() {
    var machine = running()
    _ = machine.apply(.workerLost(Self.worker), now: .zero, policy: policy)
    _ = machine.apply(.take(Self.other), now: .zero, policy: policy)
    #expect(machine.apply(.resume(1, Self.worker), now: .zero, policy: policy) == .refused)
    #expect(machine.apply(.finish(1), now: .zero, policy: policy) == .refused)
  }

  @Test func `a hung worker's attempt is closed when its lease ends`() {
    var machine = running()
    #expect(machine.apply(.expire, now: .seconds(29), policy: policy) == .refused)
    #expect(machine.apply(.expire, now: .seconds(30), policy: policy) == .changed)
    #expect(machine.state == .queued)
    #expect(machine.apply(.resume(1, Self.worker), now: .seconds(31), policy: policy) == .refused)
    #expect(machine.apply(.finish(1), now: .seconds(31), policy: policy) == .refused)
  }

  @Test func `progress renews the lease and the attempt still ends after 30 minutes`() {
    var machine = running()
    for minute in 1..<60 {
      let now = Duration.seconds(minute * 29)
      #expect(machine.apply(.renew(1), now: now, policy: policy) == .renewed)
      #expect(machine.apply(.expire, now: now, policy: policy) == .refused)
    }
    _ = machine.apply(.renew(1), now: .seconds(1795), policy: policy)
    #expect(machine.apply(.expire, now: .seconds(1800), policy: policy) == .changed)
    #expect(machine.state == .queued)
  }

  @Test func `a restart of the server gives the worker a lease's time and counts nothing`() {
    var machine = running()
    for _ in 0..<10 {
      _ = machine.apply(.restart, now: .seconds(100), policy: policy)
      #expect(machine.apply(.expire, now: .seconds(129), policy: policy) == .refused)
      #expect(machine.apply(.expire, now: .seconds(130), policy: policy) == .changed)
      #expect(machine.state == .queued)
      _ = machine.apply(.take(Self.worker), now: .seconds(130), policy: policy)
    }
    #expect(machine.crashCount == 0)
    #expect(machine.failureCount == 0)
    #expect(machine.rescueCount == 10)
  }

  @Test func `a worker that comes back empty after a server's restart is no crash of the job`() {
    var machine = running()
    _ = machine.apply(.restart, now: .zero, policy: policy)
    #expect(machine.apply(.workerLost(Self.worker), now: .zero, policy: policy) == .changed)
    #expect(machine.state == .queued)
    #expect(machine.crashCount == 0)
    #expect(machine.failureCount == 0)
  }

  @Test(arguments: [
    JobChange.confirmCancel(1), .workerLost(worker), .expire, .fail(1, error, retryable: true),
    .fail(1, error, retryable: false),
  ])
  func `a cancelled job ends cancelled however its attempt ends`(change: JobChange) {
    var machine = running()
    #expect(machine.apply(.cancel, now: .zero, policy: policy) == .changed)
    #expect(machine.state == .running)
    #expect(machine.apply(.cancel, now: .zero, policy: policy) == .duplicate)
    #expect(machine.apply(change, now: .seconds(40), policy: policy) == .changed)
    #expect(machine.state == .cancelled)
    #expect(machine.error == nil)
  }

  @Test func `pictures that were ready before the cancel arrived are kept`() {
    var machine = running()
    _ = machine.apply(.cancel, now: .zero, policy: policy)
    #expect(machine.apply(.finish(1), now: .zero, policy: policy) == .changed)
    #expect(machine.state == .finished)
  }

  @Test func `a result said twice is a duplicate`() {
    var machine = running()
    #expect(machine.apply(.finish(1), now: .zero, policy: policy) == .changed)
    #expect(machine.apply(.finish(1), now: .zero, policy: policy) == .duplicate)
    var failed = running()
    _ = failed.apply(.fail(1, Self.error, retryable: true), now: .zero, policy: policy)
    #expect(failed.apply(.fail(1, Self.error, retryable: true), now: .zero, policy: policy) == .duplicate)
    #expect(failed.apply(.resume(1, Self.worker), now: .zero, policy: policy) == .refused)
  }
}
