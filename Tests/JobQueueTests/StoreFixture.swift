import Foundation
import Generation
import JobQueue
import Testing

/// A way to make a store: the conformance tests run over each of `all`.
struct StoreKind: Sendable, CustomTestStringConvertible {
  let testDescription: String
  /// Opens the store kept in a folder.
  let open: @Sendable (String, QueuePolicy, ManualClock) throws -> any JobStore

  static let all = [
    StoreKind(testDescription: "SQLite") { folder, policy, clock in
      var options = SQLiteJobStore.Options()
      options.policy = policy
      options.clock = clock
      return try SQLiteJobStore.open(folder: folder, options: options)
    }
  ]
}

/// A store in a folder of its own, and what the tests say again and again.
final class StoreFixture {
  let folder: String
  let clock = ManualClock()
  private var opened: (any JobStore)?
  private let kind: StoreKind
  private let policy: QueuePolicy

  static let anna = UserID("anna")
  static let bert = UserID("bert")
  static let worker = WorkerID("worker-1")
  static let models: Set<String> = ["demo"]

  init(_ kind: StoreKind, policy: QueuePolicy = QueuePolicy()) throws {
    self.kind = kind
    self.policy = policy
    let folder = FileManager.default.temporaryDirectory.appending(path: "queue-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    self.folder = folder
    opened = try kind.open(folder, policy, clock)
  }

  /// The store as it is open now.
  var store: any JobStore {
    guard let opened else { preconditionFailure("the store is open except during restart()") }
    return opened
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// Drops the store as a killed server would (nothing is told to it) and opens the folder anew.
  func restart(reboot: Bool = false) async throws {
    opened = nil
    if reboot { clock.reboot() }
    // The store's thread may still hold the old one for the moment in which it leaves its last call.
    let deadline = ContinuousClock.now + .seconds(60)
    while ContinuousClock.now < deadline {
      do {
        opened = try kind.open(folder, policy, clock)
        return
      } catch JobQueueError.folderInUse {
        await Task.yield()
      }
    }
    throw JobQueueError.folderInUse
  }

  static func request(
    _ prompt: String = "a cat", model: String = "demo", steps: Int = 20, count: Int = 1
  ) -> GenerationRequest {
    GenerationRequest(
      prompt: prompt, model: model, sampler: "Euler", steps: steps, guidanceScale: 7, width: 64, height: 64,
      batchCount: count, seed: 7)
  }

  /// `worker` and so many others, all with the same models.
  static func workers(_ count: Int) -> [QueueWorker] {
    (0..<count).map { QueueWorker(id: $0 == 0 ? worker : WorkerID("other-\($0)"), models: models) }
  }

  static func image(_ index: Int, _ digit: Character = "a") -> NewImage {
    NewImage(
      index: index, seed: 7 + Int64(index), width: 64, height: 64,
      sha256: String(repeating: digit, count: 63) + String(index), bytes: 100)
  }

  @discardableResult
  func submit(
    _ owner: UserID = anna, _ request: GenerationRequest = StoreFixture.request()
  ) async throws -> JobRecord {
    switch try await store.submit(JobSubmission(owner: owner, request: request)) {
    case .created(let job), .same(let job): return job
    case .conflict: throw JobQueueError.unreadable(column: "test")
    }
  }

  func take(_ worker: WorkerID = worker) async throws -> Lease? {
    try await store.take(worker: worker, models: Self.models)
  }

  /// Takes and starts the next job.
  func run(_ worker: WorkerID = worker) async throws -> Lease {
    guard let lease = try await take(worker) else { throw JobQueueError.unreadable(column: "no job") }
    _ = try await store.start(lease.attempt)
    return lease
  }

  /// Runs the next job to its end.
  @discardableResult
  func complete(_ worker: WorkerID = worker) async throws -> Lease {
    let lease = try await run(worker)
    for index in 0..<lease.request.batchCount {
      _ = try await store.storeImage(Self.image(index), for: lease.attempt)
    }
    guard try await store.finish(lease.attempt) == .settled(.finished) else {
      throw JobQueueError.unreadable(column: "not finished")
    }
    return lease
  }

  func state(_ job: JobRecord) async throws -> JobState? {
    try await store.job(job.id, owner: job.owner)?.state
  }
}
