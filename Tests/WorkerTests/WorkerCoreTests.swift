import Generation
import Logging
import Synchronization
import Testing
import WorkerProtocol

@testable import Worker

/// A runner whose end the test decides.
private final class FakeRunner: GenerationRunning {
  let gate = AsyncStream<Void>.makeStream()
  let began = AsyncStream<Void>.makeStream()
  private let failure: UserError?
  private let ignoresCancellation: Bool
  private let savesUntilReleased: Bool
  private let released = AsyncStream<Void>.makeStream()

  init(failure: UserError? = nil, ignoresCancellation: Bool = false, savesUntilReleased: Bool = false) {
    self.failure = failure
    self.savesUntilReleased = savesUntilReleased
    self.ignoresCancellation = ignoresCancellation
  }

  var evaluations: Int { 3 }

  /// Lets a run that ignores its cancellation end.
  func release() {
    released.continuation.finish()
    gate.continuation.finish()
  }

  func run(
    _ request: GenerationRequest, inputs: [String: [UInt8]],
    report: @escaping @Sendable (RunEvent) -> Void
  ) async throws -> GenerationSummary {
    report(.progress(GenerationProgress(phase: .denoising, done: 1, total: 2)))
    report(.picture(WorkerPicture(index: 0, seed: request.seed, width: 8, height: 8, png: [1])))
    began.continuation.yield()
    if savesUntilReleased {
      report(.progress(GenerationProgress(phase: .saving, done: 2, total: 2)))
      for await _ in released.stream { break }
      return GenerationSummary(images: 1)
    }
    if ignoresCancellation {
      let stream = released.stream
      await Task.detached { for await _ in stream { break } }.value
    } else {
      for await _ in gate.stream { break }
    }
    try Task.checkCancellation()
    if let failure { throw failure }
    return GenerationSummary(images: 1)
  }
}

@Suite(.timeLimit(.minutes(1))) struct WorkerCoreTests {
  let attempt = JobAttempt(job: 5, attempt: 1)
  let request = GenerationRequest(
    prompt: "p", model: "m", sampler: "Euler", steps: 1, guidanceScale: 1, width: 8, height: 8, seed: 9)
  let capabilities = WorkerCapabilities(
    version: "1", device: "d", backend: "b", models: [], samplers: [], schedules: [])

  /// As a core says them.
  private var said: WorkerCapabilities {
    var said = capabilities
    said.takesWhileSaving = true
    return said
  }

  private func makeCore(_ runner: FakeRunner) -> WorkerCore {
    WorkerCore(runner: runner, capabilities: capabilities, logger: Logger(label: "test"))
  }

  /// Reads messages until one satisfies `last`.
  private func read(
    _ messages: AsyncStream<WorkerMessage>, until last: (WorkerMessage) -> Bool
  ) async -> [WorkerMessage] {
    var seen: [WorkerMessage] = []
    for await message in messages {
      seen.append(message)
      if last(message) { break }
    }
    return seen
  }

  @Test func `an assignment is accepted, run and completed in order`() async {
    let runner = FakeRunner()
    let core = makeCore(runner)
    let (messages, outbox) = AsyncStream<WorkerMessage>.makeStream()
    await core.attach(outbox)
    await core.receive(.assign(attempt, request))
    runner.gate.continuation.yield()
    let end = WorkerMessage.completed(attempt, GenerationSummary(images: 1))
    let seen = await read(messages) { $0 == end }
    #expect(
      seen == [
        .capabilities(said), .accepted(attempt), .started(attempt),
        .progress(attempt, GenerationProgress(phase: .denoising, done: 1, total: 2)),
        .image(attempt, WorkerPicture(index: 0, seed: 9, width: 8, height: 8, png: [1])), end,
      ])
  }

  @Test func `a result made without a link is sent on the next one`() async {
    let runner = FakeRunner()
    let core = makeCore(runner)
    let first = AsyncStream<WorkerMessage>.makeStream()
    await core.attach(first.continuation)
    await core.receive(.assign(attempt, request))
    for await _ in runner.began.stream { break }
    await core.detach()
    runner.gate.continuation.yield()
    let second = AsyncStream<WorkerMessage>.makeStream()
    await core.attach(second.continuation)
    await core.receive(.proceed(attempt))
    let end = WorkerMessage.completed(attempt, GenerationSummary(images: 1))
    let seen = await read(second.stream) { $0 == end }
    guard case .resume(let held)? = seen.first else {
      Issue.record("expected a resume first; got \(seen)")
      return
    }
    #expect(held.attempt == attempt)
    #expect(seen.contains { if case .image = $0 { true } else { false } })
  }

  @Test func `a cancelled run says so`() async {
    let runner = FakeRunner()
    let core = makeCore(runner)
    let (messages, outbox) = AsyncStream<WorkerMessage>.makeStream()
    await core.attach(outbox)
    await core.receive(.assign(attempt, request))
    for await _ in runner.began.stream { break }
    await core.receive(.cancel(attempt))
    let seen = await read(messages) { $0 == .cancelled(attempt) }
    #expect(seen.last == .cancelled(attempt))
    await core.receive(.acknowledge(attempt, accepted: true))
    await core.receive(.assign(JobAttempt(job: 6, attempt: 1), request))
    let next = await read(messages) { if case .accepted = $0 { true } else { false } }
    #expect(next.last == .accepted(JobAttempt(job: 6, attempt: 1)))
  }

  @Test func `a user's error is final, and a second assignment is refused while one is held`() async {
    let error = UserError(code: "oom", message: "m", field: "width")
    let runner = FakeRunner(failure: error)
    let core = makeCore(runner)
    let (messages, outbox) = AsyncStream<WorkerMessage>.makeStream()
    await core.attach(outbox)
    await core.receive(.assign(attempt, request))
    let other = JobAttempt(job: 7, attempt: 1)
    await core.receive(.assign(other, request))
    runner.gate.continuation.yield()
    let end = WorkerMessage.failed(attempt, WorkerFailure(error, retryable: false))
    let seen = await read(messages) { $0 == end }
    let busy = seen.contains {
      if case .failed(other, let failure) = $0 {
        failure.retryable && failure.error.code == "worker_busy"
      } else {
        false
      }
    }
    #expect(busy)
  }

  @Test func `the next job begins while the last one's pictures are saved`() async {
    let runner = FakeRunner(savesUntilReleased: true)
    let core = makeCore(runner)
    let (messages, outbox) = AsyncStream<WorkerMessage>.makeStream()
    await core.attach(outbox)
    await core.receive(.assign(attempt, request))
    _ = await read(messages) { $0 == .progress(attempt, .init(phase: .saving, done: 2, total: 2)) }
    let next = JobAttempt(job: 6, attempt: 1)
    await core.receive(.assign(next, request))
    let saving = WorkerMessage.progress(next, .init(phase: .saving, done: 2, total: 2))
    let seen = await read(messages) { $0 == saving }
    #expect(seen.contains(.started(next)))
    // It comes too late for either: their pictures are made.
    await core.receive(.cancel(attempt))
    await core.receive(.cancel(next))
    runner.release()
    var ends = Set([attempt, next])
    _ = await read(messages) {
      if case .completed(let attempt, _) = $0 { ends.remove(attempt) }
      return ends.isEmpty
    }
    #expect(ends.isEmpty)
  }

  @Test func `a cancel for something else is answered at once`() async {
    let core = makeCore(FakeRunner())
    let (messages, outbox) = AsyncStream<WorkerMessage>.makeStream()
    await core.attach(outbox)
    await core.receive(.cancel(attempt))
    let seen = await read(messages) { $0 == .cancelled(attempt) }
    #expect(seen.count == 2)
  }

  @Test func `a run that does not stop ends the process`() async {
    let runner = FakeRunner(ignoresCancellation: true)
    let left = AsyncStream<Void>.makeStream()
    let hang = HangPolicy(limit: .milliseconds(1)) { left.continuation.yield() }
    let core = WorkerCore(
      runner: runner, capabilities: capabilities, hang: hang, logger: Logger(label: "test"))
    let (messages, outbox) = AsyncStream<WorkerMessage>.makeStream()
    await core.attach(outbox)
    await core.receive(.assign(attempt, request))
    _ = await read(messages) { if case .image = $0 { true } else { false } }
    await core.receive(.cancel(attempt))
    for await _ in left.stream { break }
    runner.release()
  }

  @Test func `draining without a link waits for nothing`() async {
    let runner = FakeRunner()
    let core = makeCore(runner)
    let (_, outbox) = AsyncStream<WorkerMessage>.makeStream()
    await core.attach(outbox)
    await core.receive(.assign(attempt, request))
    async let drained: Void = core.drain()
    await core.detach()
    await drained
    runner.release()
  }

  @Test func `draining waits for what is held`() async {
    let runner = FakeRunner()
    let core = makeCore(runner)
    let (messages, outbox) = AsyncStream<WorkerMessage>.makeStream()
    await core.attach(outbox)
    await core.receive(.assign(attempt, request))
    async let drained: Void = core.drain()
    runner.gate.continuation.yield()
    _ = await read(messages) { if case .completed = $0 { true } else { false } }
    await core.receive(.acknowledge(attempt, accepted: true))
    await drained
  }
}
