import ArgumentParser
import Foundation
import Generation
import JobQueue

/// Measures the durable queue by itself.
struct QueueCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "queue",
    abstract: "Jobs a second through the queue, every commit synced to the disk.",
    discussion: """
      Submits jobs of one picture, then lets several workers claim them, store the picture's row and finish \
      them, as the server does. What the disk allows is beside it: writes of one page, each synced.
      """)

  @Option(help: "Jobs.")
  var jobs = 2000

  @Option(help: "Workers at once.")
  var workers = 8

  @Option(
    help: ArgumentHelp(
      "Where the database is made; the default is the folder for temporary files.", valueName: "path"))
  var folder: String?

  @Flag(help: "Print one JSON object and nothing else.")
  var json = false

  /// What `--json` prints.
  private struct Report: Encodable {
    let jobs: Int
    let workers: Int
    let submittedPerSecond: Double
    let finishedPerSecond: Double
    let syncsPerSecond: Double

    enum CodingKeys: String, CodingKey {
      case jobs, workers
      case submittedPerSecond = "submitted_per_second"
      case finishedPerSecond = "finished_per_second"
      case syncsPerSecond = "syncs_per_second"
    }
  }

  func validate() throws {
    guard (1...1_000_000).contains(jobs), (1...1000).contains(workers) else {
      throw ValidationError("expected 1 to 1000000 jobs and 1 to 1000 workers")
    }
  }

  func run() async throws {
    let parent = folder.map { URL(filePath: $0) } ?? FileManager.default.temporaryDirectory
    let work = parent.appending(path: "atelier-bench-\(getpid())")
    try FileManager.default.createDirectory(at: work, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: work) }
    let syncs = try Self.syncsPerSecond(in: work.path)
    var options = SQLiteJobStore.Options()
    options.policy.jobsTotal = jobs
    options.policy.jobsPerUser = jobs
    let store = try SQLiteJobStore.open(folder: work.path, options: options)
    let submitted = try await Self.timed { try await submit(store) }
    let finished = try await Self.timed { try await finish(store) }
    try store.close()
    let report = Report(
      jobs: jobs, workers: workers, submittedPerSecond: Double(jobs) / submitted,
      finishedPerSecond: Double(jobs) / finished, syncsPerSecond: syncs)
    if json { return try printJSON(report) }
    print(
      "submitted \(Int(report.submittedPerSecond))/s, claimed and finished \(Int(report.finishedPerSecond))/s "
        + "by \(workers) workers; the disk syncs \(Int(syncs)) pages/s")
  }

  private func submit(_ store: SQLiteJobStore) async throws {
    for number in 0..<jobs {
      let request = GenerationRequest(
        prompt: "job \(number)", model: "bench", sampler: "Euler", steps: 20, guidanceScale: 7, width: 64,
        height: 64,
        batchCount: 1, seed: Int64(number))
      _ = try await store.submit(JobSubmission(owner: UserID("user-\(number % 50)"), request: request))
    }
  }

  private func finish(_ store: SQLiteJobStore) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<workers {
        group.addTask {
          let worker = WorkerID("worker-\(number)")
          while let lease = try await store.take(worker: worker, models: ["bench"]) {
            _ = try await store.start(lease.attempt)
            let image = NewImage(
              index: 0, seed: lease.request.seed, width: 64, height: 64,
              sha256: String(repeating: "0", count: 64), bytes: 1000)
            _ = try await store.storeImage(image, for: lease.attempt)
            _ = try await store.finish(lease.attempt)
          }
        }
      }
      try await group.waitForAll()
    }
  }

  private static func timed(_ body: () async throws -> Void) async throws -> Double {
    let start = nanosecondsNow()
    try await body()
    return Double(nanosecondsNow() - start) / 1e9
  }

  /// How often a second one page can be written and synced.
  private static func syncsPerSecond(in folder: String) throws -> Double {
    let descriptor = try BenchError.check(open("\(folder)/sync", O_CREAT | O_RDWR | O_CLOEXEC, 0o600), "open")
    defer { close(descriptor) }
    let page = [UInt8](repeating: 1, count: 4096)
    let start = nanosecondsNow()
    var count = 0
    while nanosecondsNow() - start < 1_000_000_000 {
      guard pwrite(descriptor, page, page.count, off_t(count % 256 * 4096)) == page.count,
        fdatasync(descriptor) == 0
      else { throw BenchError.system(call: "fdatasync", errno: errno) }
      count += 1
    }
    return Double(count) / (Double(nanosecondsNow() - start) / 1e9)
  }
}
