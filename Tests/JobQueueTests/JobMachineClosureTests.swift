import Generation
import Testing

@testable import JobQueue

/// Every state that any sequence of changes can reach, found by applying all of them to all of them.
@Suite struct JobMachineClosureTests {
  private static let worker = WorkerID("w")
  private static let other = WorkerID("v")
  private static let error = UserError(code: "internal", message: "it broke")

  /// Deadlines would make endlessly many machines; all times are one moment here, or long after.
  private var policy: QueuePolicy {
    var policy = QueuePolicy()
    policy.lease = .seconds(30)
    policy.retryDelays = [.zero]
    return policy
  }

  private func changes(_ machine: JobMachine) -> [JobChange] {
    let attempts = [machine.attempt &- 1, machine.attempt, machine.attempt + 1]
    return [.cancel, .expire, .restart, .takeBack, .abort(Self.error)]
      + [Self.worker, Self.other].flatMap {
        [JobChange.take($0), .workerLost($0), .workerLost($0, isSuspect: false)]
      }
      + attempts.flatMap { attempt in
        [
          JobChange.start(attempt), .renew(attempt), .finish(attempt), .confirmCancel(attempt),
          .fail(attempt, Self.error, retryable: true), .fail(attempt, Self.error, retryable: false),
          .resume(attempt, Self.worker), .resume(attempt, Self.other),
        ]
      }
  }

  /// Equal but for the number of rescues, which nothing depends on and restarts may raise for ever.
  private struct Key: Hashable {
    let text: String

    init(_ machine: JobMachine) {
      var machine = machine
      machine.rescueCount = 0
      // An attempt's number only has to differ from others.
      machine.attempt = min(machine.attempt, 6)
      text = String(describing: machine)
    }
  }

  @Test func `no sequence of changes breaks a rule, and every state but none is left for good`() {
    var known: Set<Key> = []
    var open = [JobMachine()]
    var ends: Set<JobState> = []
    while let machine = open.popLast() {
      guard machine.attempt <= 6, known.insert(Key(machine)).inserted else { continue }
      for now in [Duration.zero, .seconds(30)] {
        for change in changes(machine) {
          var next = machine
          let verdict = next.apply(change, now: now, policy: policy)
          check(machine, change, next, verdict)
          if next.state.isTerminal { ends.insert(next.state) }
          if next != machine { open.append(next) }
        }
      }
    }
    #expect(ends == [.finished, .failed, .cancelled])
    #expect(known.count > 100)
  }

  private func check(
    _ before: JobMachine, _ change: JobChange, _ after: JobMachine, _ verdict: JobVerdict
  ) {
    var faults: [String] = []
    func expect(_ holds: Bool, _ rule: String) { if !holds { faults.append(rule) } }
    expect(!before.state.isTerminal || after == before, "terminal states never change")
    expect(verdict == .changed || verdict == .renewed || after == before, "refused changes nothing")
    expect(verdict != .changed || after.state != before.state || after.cancelRequested, "changed means so")
    expect(Self.transitions[before.state, default: []].contains(after.state), "a transition of the design")
    expect(after.failureCount >= 0 && after.crashCount >= 0, "counts stay counts")
    expect(after.crashCount < policy.crashes || after.state == .failed, "poison stops")
    expect(after.failureCount < policy.attempts || after.state.isTerminal, "attempts end")
    expect(!after.isActive || after.isAttemptOpen && after.worker != nil, "an active job has its worker")
    expect((after.error != nil) == (after.state == .failed), "failed jobs, and they alone, say why")
    expect(!after.state.isTerminal || !after.isAttemptOpen, "an ended job hears nobody")
    expect(!(after.state == .queued && after.cancelRequested), "a cancelled job does not wait")
    if let named = Self.attempt(of: change), named != before.attempt {
      expect(after == before, "an older or newer attempt's word counts nothing")
    }
    if !faults.isEmpty { Issue.record("\(faults) after \(change) on \(before)") }
  }

  private static let transitions: [JobState: Set<JobState>] = [
    .queued: [.queued, .assigned, .running, .failed, .cancelled],
    .assigned: [.assigned, .running, .queued, .finished, .failed, .cancelled],
    .running: [.running, .queued, .finished, .failed, .cancelled],
    .finished: [.finished], .failed: [.failed], .cancelled: [.cancelled],
  ]

  private static func attempt(of change: JobChange) -> UInt32? {
    switch change {
    case .start(let attempt), .renew(let attempt), .finish(let attempt), .confirmCancel(let attempt),
      .fail(let attempt, _, _), .resume(let attempt, _):
      attempt
    case .take, .cancel, .workerLost, .expire, .restart, .takeBack, .abort: nil
    }
  }
}
