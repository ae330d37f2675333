import Foundation
import Generation
import JobQueue
import Logging
import Sockets
import Synchronization
import Testing
import WorkerProtocol

@testable import Server

/// A worker listener on loopback over a store and a picture folder of its own.
final class LinkFixture: Sendable {
  static let anna = UserID("anna")
  static let loop = Result { try EventLoop(name: "link-tests") }
  static let files = Result { try ThreadExecutor(name: "link-tests-files") }

  let folder: String
  let clock = SteppedClock()
  let secret = SharedSecret.random()
  let store: SQLiteJobStore
  let images: PickyImageStore
  let capabilities = CapabilitiesRegistry()
  let listener: WorkerListener
  private let run: Task<Void, any Error>

  struct Report: Equatable, Sendable {
    var progress: GenerationProgress
    var preview: [UInt8]
    var owner: UserID
  }

  init(
    _ change: (inout WorkerLinkOptions) -> Void = { _ in }, lease: Duration = .seconds(300),
    drain: Duration = .seconds(5)
  ) async throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "link-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    var options = SQLiteJobStore.Options()
    options.clock = clock
    options.policy.lease = lease
    let store = try SQLiteJobStore.open(folder: folder, options: options)
    self.store = store
    images = PickyImageStore(
      try FolderImageStore(root: folder + "/images", thread: try Self.files.get()))
    var link = WorkerLinkOptions()
    // Patience on a busy machine; the tests of these limits set their own.
    link.handshake = .seconds(60)
    link.silence = .seconds(60)
    link.refusalDelay = .milliseconds(20)
    link.reaper = .milliseconds(50)
    link.fullDiskRetry = .milliseconds(20)
    change(&link)
    let box = ReportBox()
    let parts = WorkerParts(
      store: store, images: images, capabilities: capabilities,
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
      clock: clock, options: link
    ) { box.add(Report(progress: $0, preview: $1, owner: $3)) }
    reportBox = box
    let listener = try await WorkerListener.bind(
      to: .loopback(port: 0), on: try Self.loop.get(), secret: secret, dispatcher: Dispatcher(parts: parts),
      drain: drain)
    self.listener = listener
    run = Task { try await listener.run() }
  }

  let reportBox: ReportBox

  final class ReportBox: Sendable {
    private let reports = Mutex<[Report]>([])
    func add(_ report: Report) { reports.withLock { $0.append(report) } }
    var all: [Report] { reports.withLock { $0 } }
  }

  deinit {
    run.cancel()
    try? FileManager.default.removeItem(atPath: folder)
  }

  static func request(_ prompt: String = "a cat", count: Int = 1, seed: Int64 = 7) -> GenerationRequest {
    GenerationRequest(
      prompt: prompt, model: "demo", sampler: "Euler", steps: 4, guidanceScale: 7, width: 64, height: 32,
      batchCount: count, seed: seed)
  }

  @discardableResult
  func submit(_ owner: UserID = anna, _ request: GenerationRequest = request()) async throws -> JobRecord {
    guard case .created(let job) = try await store.submit(JobSubmission(owner: owner, request: request))
    else {
      throw MockWorker.Failure.unexpected("not created")
    }
    return job
  }

  func job(_ job: JobRecord) async throws -> JobRecord {
    try #require(try await store.job(job.id, owner: job.owner))
  }

  /// Waits for a job to become so, reading it after each commit, a minute at most.
  @discardableResult
  func wait(_ job: JobRecord, until condition: @escaping @Sendable (JobRecord) -> Bool) async throws
    -> JobRecord
  {
    let (events, sink) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    store.observe { _ in sink.yield() }
    sink.yield()
    return try await Deadline.run(seconds: 60) {
      for await _ in events {
        let now = try await self.job(job)
        if condition(now) { return now }
      }
      throw MockWorker.Failure.unexpected("the store ended")
    }
  }

  /// A worker that shook hands and said what it can do.
  func worker(_ name: String = "worker-1", resuming: HeldAttempt? = nil) async throws -> MockWorker {
    let worker = try await MockWorker(name, self)
    try await worker.shakeHands(secret)
    if let resuming { try await worker.send(.resume(resuming)) }
    try await worker.send(.capabilities(MockWorker.capabilities))
    return worker
  }
}

/// Ends what takes too long with an error instead of a stuck test run.
enum Deadline {
  struct Passed: Error {}

  static func run<T: Sendable>(
    seconds: Int, _ body: @escaping @Sendable () async throws -> T
  ) async throws -> T {
    try await withThrowingTaskGroup(of: T.self) { group in
      group.addTask { try await body() }
      group.addTask {
        try await Task.sleep(for: .seconds(seconds))
        throw Passed()
      }
      defer { group.cancelAll() }
      guard let first = try await group.next() else { throw Passed() }
      return first
    }
  }
}

/// A clock that goes by itself and can be put forward.
final class SteppedClock: QueueClock {
  private let offset = Mutex(Duration.zero)
  private let start = ContinuousClock.now
  let bootID = "test"

  var uptime: Duration { .seconds(1000) + (ContinuousClock.now - start) + offset.withLock { $0 } }
  var wall: Date { Date() }

  func advance(_ duration: Duration) { offset.withLock { $0 += duration } }
}

/// A picture folder that can be full for a while.
final class PickyImageStore: ImageStore {
  private let base: FolderImageStore
  private let refusals = Mutex(0)

  init(_ base: FolderImageStore) { self.base = base }

  /// Refuses the next `count` pictures for lack of space.
  func beFull(_ count: Int) { refusals.withLock { $0 = count } }

  func store(_ bytes: [UInt8]) async throws(ImageStoreError) -> String {
    let isFull = refusals.withLock { refusals in
      refusals -= 1
      return refusals >= 0
    }
    if isFull { throw .full(operation: "write") }
    return try await base.store(bytes)
  }

  func storeThumbnail(_ bytes: [UInt8], of sha256: String) async throws(ImageStoreError) {
    try await base.storeThumbnail(bytes, of: sha256)
  }

  func find(_ sha256: String, _ variant: ImageVariant) async throws(ImageStoreError) -> StoredImage? {
    try base.find(sha256, variant)
  }

  func read(_ sha256: String) async throws(ImageStoreError) -> [UInt8]? { try await base.read(sha256) }

  func sweep(
    olderThan age: Duration, keeping kept: @Sendable ([String]) async throws -> Set<String>
  ) async throws -> Int {
    try await base.sweep(olderThan: age, keeping: kept)
  }

  func freeBytes() async throws(ImageStoreError) -> Int { try base.freeBytes() }
}
