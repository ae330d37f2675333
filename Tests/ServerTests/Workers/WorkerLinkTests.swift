import Foundation
import Generation
import JobQueue
import Sockets
import Testing
import WorkerProtocol

@testable import Server

@Suite(.timeLimit(.minutes(5))) struct WorkerLinkTests {
  @Test func `a job is handed out, its pictures are durable and announced, and the result is acknowledged`()
    async throws
  {
    let fixture = try await LinkFixture()
    let worker = try await fixture.worker()
    let job = try await fixture.submit(LinkFixture.anna, LinkFixture.request(count: 2))
    let (attempt, request) = try await worker.assignment()
    #expect(request == job.request)
    #expect(fixture.capabilities.statuses.map(\.state) == [.busy])
    let progress = GenerationProgress(phase: .denoising, done: 1, total: 8, etaSeconds: 3)
    try await worker.send(.progress(attempt, progress))
    try await worker.send(.preview(attempt, [0xFF, 0xD8, 0xFF, 0]))
    try await worker.complete(attempt, request)
    let done = try await fixture.job(job)
    #expect(done.state == .finished)
    #expect(done.images.map(\.seed) == [7, 8])
    for image in done.images {
      let file = try #require(try await fixture.images.find(image.sha256, .full))
      #expect(file.size == image.bytes)
      let index = image.index
      #expect(try Array(Data(contentsOf: URL(filePath: file.path))) == MockWorker.picture(index, request).png)
      #expect(try await fixture.images.find(image.sha256, .thumbnail) != nil)
    }
    #expect(
      fixture.reportBox.all == [
        LinkFixture.Report(progress: progress, preview: [], owner: LinkFixture.anna),
        LinkFixture.Report(progress: progress, preview: [0xFF, 0xD8, 0xFF, 0], owner: LinkFixture.anna),
      ])
    #expect(fixture.capabilities.statuses.map(\.state) == [.ready])
  }

  /// Where a worker may die.
  enum Point: CaseIterable {
    case connected, handshake, capabilities, assigned, accepted, started, progress, halfImage, image,
      allImages, completed, garbage, oversize
  }

  @Test(arguments: Point.allCases)
  func `a worker killed at any point costs nothing but time`(point: Point) async throws {
    let fixture = try await LinkFixture()
    let job = try await fixture.submit(LinkFixture.anna, LinkFixture.request(count: 2))
    try await die(at: point, fixture)
    let second = try await fixture.worker("worker-2")
    if point != .completed {
      let (attempt, request) = try await second.assignment()
      try await second.complete(attempt, request)
    }
    let done = try await fixture.wait(job) { $0.state.isTerminal }
    #expect(done.state == .finished)
    #expect(done.images.map(\.index) == [0, 1])
    guard
      case .events(let events) = try await fixture.store.events(
        owner: job.owner, since: 0, limit: 100)
    else {
      Issue.record("a gap")
      return
    }
    #expect(events.count { if case .image = $0.kind { true } else { false } } == 2)
    #expect(events.count { $0.kind == .job(job.id, .finished) } == 1)
  }

  private func die(at point: Point, _ fixture: LinkFixture) async throws {
    let worker = try await MockWorker("worker-1", fixture)
    if point == .connected { return await worker.die() }
    try await worker.shakeHands(fixture.secret)
    if point == .handshake { return await worker.die() }
    try await worker.send(.capabilities(MockWorker.capabilities))
    if point == .capabilities { return await worker.die() }
    let (attempt, request) = try await worker.assignment()
    let order: [Point] = [.accepted, .started, .progress, .image, .allImages, .completed]
    let messages: [WorkerMessage] = [
      .accepted(attempt), .started(attempt),
      .progress(attempt, GenerationProgress(phase: .denoising, done: 1, total: 8)),
      .image(attempt, MockWorker.picture(0, request)), .image(attempt, MockWorker.picture(1, request)),
      .completed(attempt, MockWorker.summary(request)),
    ]
    switch point {
    case .halfImage:
      let bytes = try FrameEncoder.encode(try messages[3].frame())
      try await worker.sendBytes(Array(bytes.prefix(bytes.count / 2)))
    case .garbage: try await worker.sendBytes([UInt8](repeating: 0xAA, count: 100))
    case .oversize: try await worker.sendBytes([0xFF, 0xFF, 0xFF, 0xFF, FrameType.image.rawValue])
    default:
      for index in 0..<((order.firstIndex(of: point) ?? -1) + 1) { try await worker.send(messages[index]) }
    }
    if point == .garbage || point == .oversize {
      #expect(try await worker.receive() == nil)
    } else if point == .completed {
      #expect(try await worker.receive() == .acknowledge(attempt, accepted: true))
    }
    await worker.die()
  }

  @Test func `a result said twice is kept once and answered alike`() async throws {
    let fixture = try await LinkFixture()
    let worker = try await fixture.worker()
    let job = try await fixture.submit()
    let (attempt, request) = try await worker.assignment()
    for _ in 0..<2 { try await worker.send(.image(attempt, MockWorker.picture(0, request))) }
    try await worker.complete(attempt, request)
    for _ in 0..<2 {
      try await worker.send(.completed(attempt, MockWorker.summary(request)))
      #expect(try await worker.receive() == .acknowledge(attempt, accepted: true))
    }
    #expect(try await fixture.job(job).images.count == 1)
  }

  @Test func `a worker cannot end, fail or fill a job it does not have`() async throws {
    let fixture = try await LinkFixture()
    let honest = try await fixture.worker("honest")
    let job = try await fixture.submit()
    let (attempt, request) = try await honest.assignment()
    let liar = try await fixture.worker("liar")
    let wrong = [
      attempt, JobAttempt(job: attempt.job, attempt: 2), JobAttempt(job: 999, attempt: 1),
    ]
    for attempt in wrong {
      let failure = WorkerFailure(UserError(code: "x", message: "x"), retryable: false)
      for message in [
        WorkerMessage.started(attempt), .image(attempt, MockWorker.picture(0, request)),
        .completed(attempt, MockWorker.summary(request)), .failed(attempt, failure), .cancelled(attempt),
      ] {
        try await liar.send(message)
        #expect(try await liar.receive() == .acknowledge(attempt, accepted: false))
      }
      try await liar.send(.progress(attempt, GenerationProgress(phase: .saving, done: 9, total: 9)))
      try await liar.send(.preview(attempt, [0xFF, 0xD8, 0xFF]))
      try await liar.send(.heartbeat(attempt, WorkerVitals(evaluations: 1)))
    }
    #expect(try await fixture.job(job).state == .assigned)
    #expect(try await fixture.job(job).images.isEmpty)
    #expect(fixture.reportBox.all.isEmpty)
    try await honest.complete(attempt, request)
    #expect(try await fixture.job(job).state == .finished)
  }

  @Test func `several workers share the queue and every picture reaches its owner`() async throws {
    let fixture = try await LinkFixture()
    var jobs: [JobRecord] = []
    for index in 0..<12 {
      let request = LinkFixture.request("for user \(index % 4)", count: 2, seed: Int64(index * 10))
      jobs.append(try await fixture.submit(UserID("user-\(index % 4)"), request))
    }
    let workers = try await [fixture.worker("w1"), fixture.worker("w2"), fixture.worker("w3")]
    try await withThrowingTaskGroup(of: Void.self) { group in
      for worker in workers {
        group.addTask {
          // The loop ends when the server says goodbye.
          while case .assign(let attempt, let request)? = try await worker.receive() {
            try await worker.complete(attempt, request)
          }
        }
      }
      for job in jobs { try await fixture.wait(job) { $0.state == .finished } }
      await fixture.listener.stop()
      try await group.waitForAll()
    }
    for job in jobs {
      let done = try await fixture.job(job)
      #expect(done.attempt == 1)
      for image in done.images {
        let file = try #require(try await fixture.images.find(image.sha256, .full))
        let bytes = try Array(Data(contentsOf: URL(filePath: file.path)))
        #expect(bytes == MockWorker.picture(image.index, job.request).png)
      }
      #expect(done.images.count == 2)
    }
  }

  /// Ways in which a picture may not be what was asked for.
  enum Flaw: CaseIterable {
    case notPNG, truncated, trailing, checksum, size, claimedSize, seed, index, missing
  }

  @Test(arguments: Flaw.allCases)
  func `a picture that is not as asked harms nobody, and another worker makes it`(flaw: Flaw) async throws {
    let fixture = try await LinkFixture()
    let job = try await fixture.submit()
    let bad = try await fixture.worker("bad")
    let (attempt, request) = try await bad.assignment()
    var picture = MockWorker.picture(0, request)
    switch flaw {
    case .notPNG: picture.png = Array("<svg onload=alert(1)>".utf8)
    case .truncated: picture.png.removeLast()
    case .trailing: picture.png.append(0)
    case .checksum: picture.png[45] ^= 1
    case .size: picture.png = MockWorker.png(64, 33, [1])
    case .claimedSize: picture.width = 128
    case .seed: picture.seed = 8
    case .index: picture.index = 1
    case .missing: break
    }
    if flaw == .missing {
      try await bad.send(.completed(attempt, MockWorker.summary(request)))
    } else {
      try await bad.send(.image(attempt, picture))
    }
    // It may hear that the attempt is settled; then the link is closed.
    if let answer = try await bad.receive() {
      #expect(answer == .acknowledge(attempt, accepted: false))
      #expect(try await bad.receive() == nil)
    }
    let good = try await fixture.worker("good")
    let (second, again) = try await good.assignment()
    #expect(second == JobAttempt(job: attempt.job, attempt: 2))
    try await good.complete(second, again)
    #expect(try await fixture.job(job).images.count == 1)
  }

  @Test func `a running job is cancelled through its worker, which then gets the next`() async throws {
    let fixture = try await LinkFixture()
    let worker = try await fixture.worker()
    let job = try await fixture.submit()
    let (attempt, _) = try await worker.assignment()
    try await worker.send(.started(attempt))
    try await fixture.wait(job) { $0.state == .running }
    _ = try await fixture.store.cancel(job.id, owner: job.owner)
    #expect(try await worker.receive() == .cancel(attempt))
    let next = try await fixture.submit()
    try await worker.send(.cancelled(attempt))
    #expect(try await worker.receive() == .acknowledge(attempt, accepted: true))
    #expect(try await fixture.job(job).state == .cancelled)
    #expect(try await worker.assignment().attempt.job == next.number)
  }

  @Test func `a failure the request is to blame for ends the job with words fit for its owner`() async throws
  {
    let fixture = try await LinkFixture()
    let worker = try await fixture.worker()
    let job = try await fixture.submit()
    let (attempt, _) = try await worker.assignment()
    let error = UserError(code: "Weird Code!", message: "line\n\u{1B}[31mred", field: "width")
    try await worker.send(.failed(attempt, WorkerFailure(error, retryable: false)))
    #expect(try await worker.receive() == .acknowledge(attempt, accepted: true))
    #expect(
      try await fixture.job(job).error
        == UserError(code: "worker_error", message: "line[31mred", field: "width"))
  }
}
