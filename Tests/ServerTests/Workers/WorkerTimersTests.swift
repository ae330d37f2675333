import Generation
import JobQueue
import Sockets
import Testing
import WorkerProtocol

@testable import Server

@Suite(.timeLimit(.minutes(5))) struct WorkerTimersTests {
  @Test func `a silent link is dead and its job queued again`() async throws {
    let fixture = try await LinkFixture { $0.silence = .milliseconds(300) }
    let worker = try await fixture.worker()
    let job = try await fixture.submit()
    _ = try await worker.assignment()
    #expect(try await worker.receive() == nil)
    try await fixture.wait(job) { $0.state == .queued }
  }

  @Test func `a hung worker is asked to stop, then cut off, though it says it is alive`() async throws {
    // The lease outlasts the test: here the phase's own patience decides (loading: 300 s).
    let fixture = try await LinkFixture({ $0.heartbeat = .milliseconds(30) }, lease: .seconds(3600))
    let worker = try await fixture.worker()
    let job = try await fixture.submit()
    let (attempt, _) = try await worker.assignment()
    try await worker.send(.started(attempt))
    try await fixture.wait(job) { $0.state == .running }
    fixture.clock.advance(.seconds(301))
    #expect(try await worker.receive() == .cancel(attempt))
    try await worker.send(.heartbeat(attempt, WorkerVitals(evaluations: 0)))
    fixture.clock.advance(.seconds(11))
    #expect(try await worker.receive() == nil)
    try await fixture.wait(job) { $0.state == .queued }
  }

  @Test func `a job a worker never speaks about again is given to another`() async throws {
    let fixture = try await LinkFixture()
    let worker = try await fixture.worker()
    let job = try await fixture.submit()
    let (attempt, _) = try await worker.assignment()
    fixture.clock.advance(.seconds(301))
    // It may be deaf: its link is made anew before it gets another job.
    let last = try await worker.receive()
    #expect(last == nil || last == .acknowledge(attempt, accepted: false))
    if last != nil { #expect(try await worker.receive() == nil) }
    let other = try await fixture.worker("worker-2")
    #expect(try await other.assignment().attempt == JobAttempt(job: job.number, attempt: 2))
  }

  @Test func `a frame that never ends is no sign of life`() async throws {
    let fixture = try await LinkFixture { $0.silence = .milliseconds(300) }
    let worker = try await fixture.worker()
    let job = try await fixture.submit()
    let (attempt, _) = try await worker.assignment()
    // Its length says half a MiB more than there is; what follows is taken for its rest.
    var frame = try FrameEncoder.encode(try WorkerMessage.capabilities(MockWorker.capabilities).frame())
    frame[1] |= 0x08
    try await worker.sendBytes(frame)
    let beats = Task {
      while true {
        try await worker.send(.heartbeat(attempt, WorkerVitals(evaluations: 1)))
        try await Task.sleep(for: .milliseconds(20))
      }
    }
    defer { beats.cancel() }
    #expect(try await worker.receive() == nil)
    try await fixture.wait(job) { $0.state == .queued }
  }

  @Test func `heartbeats with progress keep a lease for as long as it takes`() async throws {
    let fixture = try await LinkFixture()
    let worker = try await fixture.worker()
    let job = try await fixture.submit()
    let (attempt, request) = try await worker.assignment()
    for step in 1...10 {
      fixture.clock.advance(.seconds(50))
      let progress = GenerationProgress(phase: .denoising, done: step, total: 10)
      try await worker.send(.progress(attempt, progress))
      try await worker.send(.heartbeat(attempt, WorkerVitals(evaluations: step)))
      // The answer to a question about another attempt tells that the heartbeat was handled.
      try await worker.send(.started(JobAttempt(job: 999, attempt: 1)))
      #expect(try await worker.receive() == .acknowledge(JobAttempt(job: 999, attempt: 1), accepted: false))
    }
    try await worker.complete(attempt, request)
    #expect(try await fixture.job(job).attempt == 1)
  }

  @Test func `a draining worker gets nothing more`() async throws {
    let fixture = try await LinkFixture()
    let worker = try await fixture.worker()
    let job = try await fixture.submit()
    let (attempt, request) = try await worker.assignment()
    try await worker.send(.drain)
    try await worker.complete(attempt, request)
    #expect(try await fixture.job(job).state == .finished)
    let next = try await fixture.submit()
    let other = try await fixture.worker("worker-2")
    #expect(try await other.assignment().attempt.job == next.number)
  }

  @Test func `a stop waits for the running job and hands out nothing more`() async throws {
    let fixture = try await LinkFixture(drain: .seconds(60))
    let worker = try await fixture.worker()
    let job = try await fixture.submit()
    let (attempt, request) = try await worker.assignment()
    async let stopped: Void = fixture.listener.stop()
    let waiting = try await fixture.submit()
    try await worker.complete(attempt, request)
    #expect(try await worker.receive() == .goodbye)
    #expect(try await worker.receive() == nil)
    await stopped
    #expect(try await fixture.job(job).state == .finished)
    #expect(try await fixture.job(waiting).state == .queued)
  }

  @Test func `a stop leaves a long job leased to its worker`() async throws {
    let fixture = try await LinkFixture(drain: .milliseconds(100))
    let worker = try await fixture.worker()
    let job = try await fixture.submit()
    let (attempt, _) = try await worker.assignment()
    try await worker.send(.started(attempt))
    try await fixture.wait(job) { $0.state == .running }
    await fixture.listener.stop()
    #expect(try await worker.receive() == .goodbye)
    #expect(try await worker.receive() == nil)
    #expect(try await fixture.job(job).state == .running)
  }
}
