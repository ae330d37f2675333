import Foundation
import GRDB
import Generation
import Synchronization
import Testing

@testable import JobQueue

@Suite struct SQLiteJobStoreTests {
  private let kind = StoreKind.all[0]

  private func withFolder(_ body: (String) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "sqlite-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try await body(folder)
  }

  @Test func `a second server on one folder is refused at once and may come when the first is gone`()
    async throws
  {
    try await withFolder { folder in
      var first: SQLiteJobStore? = try SQLiteJobStore.open(folder: folder)
      #expect(throws: JobQueueError.folderInUse) { try SQLiteJobStore.open(folder: folder) }
      try first?.close()
      first = nil
      _ = try SQLiteJobStore.open(folder: folder)
    }
  }

  @Test func `the database is private and its settings are the safe ones`() async throws {
    try await withFolder { folder in
      let store = try SQLiteJobStore.open(folder: folder)
      for name in ["atelier.sqlite", "atelier.sqlite-wal"] {
        let attributes = try FileManager.default.attributesOfItem(atPath: folder + "/" + name)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
      }
      let settings = try await store.database.read { db in
        try DatabaseSettings.expected.map { setting in
          try Row.fetchOne(db, sql: "PRAGMA \(setting.pragma)").map { "\($0[0] as DatabaseValue)" } ?? "0"
        }
      }
      #expect(settings == ["\"wal\"", "2", "1", "0", "1", "5000", "0", "4000"])
    }
  }

  @Test func `a setting that does not hold is an error`() async throws {
    let queue = try DatabaseQueue()
    #expect(throws: JobQueueError.settingRefused(pragma: "journal_mode", expected: "wal", found: "memory")) {
      try queue.writeWithoutTransaction { try DatabaseSettings.verify($0) }
    }
  }

  @Test func `a file that is no database is left as it is`() async throws {
    try await withFolder { folder in
      let path = folder + "/atelier.sqlite"
      let bytes = Data(repeating: 0x41, count: 8192)
      try bytes.write(to: URL(filePath: path))
      expectDamaged(folder)
      #expect(try Data(contentsOf: URL(filePath: path)) == bytes)
    }
  }

  @Test func `a damaged page is found at the start and left as it is`() async throws {
    try await withFolder { folder in
      let path = folder + "/atelier.sqlite"
      var store: SQLiteJobStore? = try SQLiteJobStore.open(folder: folder)
      try store?.close()
      store = nil
      var bytes = try Data(contentsOf: URL(filePath: path))
      bytes.replaceSubrange(4096..<bytes.count, with: Data(repeating: 0xFF, count: bytes.count - 4096))
      try bytes.write(to: URL(filePath: path))
      expectDamaged(folder)
      #expect(try Data(contentsOf: URL(filePath: path)) == bytes)
    }
  }

  @Test func `changes made at once are each made, and one that fails harms no other`() async throws {
    try await withFolder { folder in
      var options = SQLiteJobStore.Options()
      options.policy.jobsPerUser = 5
      let store = try SQLiteJobStore.open(folder: folder, options: options)
      let told = Mutex<[QueueEvent]>([])
      store.observe { events in told.withLock { $0 += events } }
      let made = await withTaskGroup(of: Bool.self) { group in
        for number in 0..<40 {
          group.addTask {
            let owner = UserID("u\(number % 4)")
            let job = JobSubmission(owner: owner, request: StoreFixture.request("\(number)"))
            return (try? await store.submit(job)) != nil
          }
        }
        return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
      }
      #expect(made == 20)
      for user in 0..<4 {
        let owner = UserID("u\(user)")
        #expect(try await store.jobs(owner: owner, page: .open).count == 5)
        guard case .events(let events) = try await store.events(owner: owner, since: 0, limit: 100) else {
          Issue.record("a gap")
          return
        }
        #expect(events.map(\.sequence) == [1, 2, 3, 4, 5])
        #expect(told.withLock { $0 }.filter { $0.owner == owner } == events)
      }
      try store.close()
    }
  }

  @Test func `the log is written back in a quiet moment, and only when that is worth it`() async throws {
    try await withFolder { folder in
      let store = try SQLiteJobStore.open(folder: folder)
      func fileBytes() throws -> Int { try Data(contentsOf: URL(filePath: folder + "/atelier.sqlite")).count }
      let empty = try fileBytes()
      for number in 0..<70 {
        // Users are many: nobody may have so many jobs.
        let owner = UserID("u\(number % 10)")
        _ = try await store.submit(JobSubmission(owner: owner, request: StoreFixture.request("\(number)")))
      }
      try await store.useQuietMoment()
      #expect(try fileBytes() == empty)
      try await store.useQuietMoment()
      let written = try fileBytes()
      #expect(written > empty)
      _ = try await store.submit(JobSubmission(owner: UserID("new"), request: StoreFixture.request()))
      for _ in 0..<3 { try await store.useQuietMoment() }
      #expect(try fileBytes() == written)
      try store.close()
    }
  }

  @Test func `of a database with a damaged table the others are read, and nothing is written`() async throws {
    try await withFolder { folder in
      let path = folder + "/atelier.sqlite"
      let job = try await Self.makeDamaged(folder)
      let before = try Data(contentsOf: URL(filePath: path))
      expectDamaged(folder)
      let store = try SQLiteJobStore.openDamaged(folder: folder, damage: "test")
      #expect(try await store.job(job.id, owner: job.owner) == job)
      #expect(try await store.overview(workers: []).waiting == 1)
      await #expect(throws: JobQueueError.damaged(detail: "test")) {
        try await store.submit(JobSubmission(owner: job.owner, request: StoreFixture.request()))
      }
      await #expect(throws: JobQueueError.damaged(detail: "test")) {
        try await store.take(worker: StoreFixture.worker, models: StoreFixture.models)
      }
      try store.close()
      #expect(try Data(contentsOf: URL(filePath: path)) == before)
    }
  }

  /// A database with one job, the page of whose table of idempotency keys is overwritten.
  private static func makeDamaged(_ folder: String) async throws -> JobRecord {
    var store: SQLiteJobStore? = try SQLiteJobStore.open(folder: folder)
    let outcome = try await store?.submit(
      JobSubmission(owner: StoreFixture.anna, request: StoreFixture.request()))
    guard case .created(let job)? = outcome else { throw JobQueueError.unreadable(column: "test") }
    let page = try await store?.database.read {
      try Int.fetchOne($0, sql: "SELECT rootpage FROM sqlite_schema WHERE name = 'idempotency'")
    }
    let size = try await store?.database.read { try Int.fetchOne($0, sql: "PRAGMA page_size") }
    try store?.close()
    store = nil
    let (number, bytes) = (try #require(page), try #require(size))
    let path = folder + "/atelier.sqlite"
    var data = try Data(contentsOf: URL(filePath: path))
    data.replaceSubrange((number - 1) * bytes..<number * bytes, with: Data(repeating: 0xFF, count: bytes))
    try data.write(to: URL(filePath: path))
    return job
  }

  private func expectDamaged(_ folder: String) {
    do throws(JobQueueError) {
      _ = try SQLiteJobStore.open(folder: folder)
      Issue.record("it opened")
    } catch {
      guard case .damaged = error else {
        Issue.record("\(error)")
        return
      }
    }
  }

  @Test func `a database of a newer version is refused`() async throws {
    try await withFolder { folder in
      var store: SQLiteJobStore? = try SQLiteJobStore.open(folder: folder)
      try await store?.database.write { db in
        try db.execute(sql: "INSERT INTO grdb_migrations (identifier) VALUES ('99 the future')")
      }
      try store?.close()
      store = nil
      #expect(throws: JobQueueError.newerSchema(step: "99 the future")) {
        try SQLiteJobStore.open(folder: folder)
      }
    }
  }

  @Test(arguments: ReleasedSchema.all)
  func `a database of each released version opens with everything in it`(schema: ReleasedSchema) async throws
  {
    try await withFolder { folder in
      let store = try await Self.open(folder, made: schema)
      let job = try #require(try await store.job(JobID("job-1"), owner: UserID("local")))
      #expect(job.state == .finished)
      #expect(job.request.prompt == "a red circle")
      #expect(job.images.map(\.sha256) == ["abc"])
      #expect(try await store.events(owner: UserID("local"), since: 0, limit: 9) != .gap(last: 2))
      #expect(try await store.take(worker: WorkerID("w"), models: ["demo"])?.id == JobID("job-2"))
    }
  }

  @Test(arguments: ReleasedSchema.all)
  func `a migrated database has the schema of a new one`(schema: ReleasedSchema) async throws {
    try await withFolder { folder in
      let migrated = try await Self.open(folder, made: schema)
      let fixture = try StoreFixture(kind)
      let fresh = try #require(fixture.store as? SQLiteJobStore)
      #expect(try await Self.schema(of: migrated) == Self.schema(of: fresh))
    }
  }

  /// A store over a database that a released version made.
  private static func open(_ folder: String, made schema: ReleasedSchema) async throws -> SQLiteJobStore {
    var configuration = Configuration()
    configuration.foreignKeysEnabled = false
    let queue = try DatabaseQueue(path: folder + "/atelier.sqlite", configuration: configuration)
    try await queue.writeWithoutTransaction { db in try db.execute(sql: schema.sql) }
    try queue.close()
    return try SQLiteJobStore.open(folder: folder)
  }

  /// Every table, index and trigger, spaces aside.
  private static func schema(of store: SQLiteJobStore) async throws -> [String] {
    try await store.database.read { db in
      try String.fetchAll(
        db,
        sql: "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY name"
      ).map { $0.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
    }
  }

  @Test func `a full disk is named as such, and the queue goes on when there is room`() async throws {
    try await withFolder { folder in
      let store = try SQLiteJobStore.open(folder: folder)
      try await store.database.writeWithoutTransaction { db in
        try db.execute(sql: "PRAGMA max_page_count = 1")
      }
      await #expect(throws: JobQueueError.diskFull) {
        for _ in 0..<50 {
          _ = try await store.submit(
            JobSubmission(
              owner: UserID("u\(UInt64.random(in: 0 ... .max))"),
              request: StoreFixture.request(String(repeating: "x", count: 4000))))
        }
      }
      try await store.database.writeWithoutTransaction { db in
        try db.execute(sql: "PRAGMA max_page_count = 1000000")
      }
      _ = try await store.submit(JobSubmission(owner: StoreFixture.anna, request: StoreFixture.request()))
    }
  }

  @Test func `ten thousand old jobs do not slow the queue down`() async throws {
    let fixture = try StoreFixture(kind)
    let store = try #require(fixture.store as? SQLiteJobStore)
    try await fixture.submit()
    try await fixture.complete()
    try await store.database.write { db in
      try db.execute(
        sql: """
          WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
          INSERT INTO job (id, user_id, request, model, cost, state, attempt, created_at)
          SELECT 'old-' || i, 'anna', (SELECT request FROM job LIMIT 1), 'demo', 1, 'finished', 1, i FROM n
          """)
      try db.execute(
        sql: """
          INSERT INTO image (id, job_number, user_id, idx, seed, width, height, sha256, bytes, has_thumbnail, created_at)
          SELECT 'image-' || number, number, user_id, 0, 1, 64, 64, 's' || number, 1, 0, 0 FROM job WHERE id LIKE 'old-%'
          """)
    }
    for index in 0..<20 { try await fixture.submit(UserID("user-\(index)")) }
    let clock = ContinuousClock()
    let elapsed = try await clock.measure {
      for _ in 0..<5 {
        _ = try await fixture.store.jobs(owner: StoreFixture.anna, page: .open)
        _ = try await fixture.store.jobs(owner: StoreFixture.anna, page: JobPage(limit: 20))
        _ = try await fixture.store.overview(workers: StoreFixture.workers(2))
        _ = try await fixture.store.known(["s5000"])
        try await fixture.complete()
      }
    }
    // Five rounds of eight calls, five of them commits with a sync. The plans below are the sharper test; this
    // one catches what they do not name.
    #expect(elapsed < .seconds(30))
  }

  @Test(arguments: [
    "SELECT count(*) FROM job WHERE user_id = 'a' AND \(QueueTransaction.openSQL)",
    "SELECT count(*) FROM job WHERE \(QueueTransaction.openSQL)",
    "SELECT * FROM job WHERE \(QueueTransaction.activeSQL) ORDER BY number",
    "SELECT * FROM job WHERE user_id = 'a' AND number < 5 AND \(QueueTransaction.openSQL) ORDER BY number DESC",
    "SELECT * FROM job WHERE user_id = 'a' AND number < 5 ORDER BY number DESC LIMIT 5",
    """
    SELECT * FROM job JOIN user ON user.id = job.user_id WHERE \(QueueTransaction.waitingSQL)
    ORDER BY job.number
    """,
    "SELECT 1 FROM image WHERE sha256 = 'a' AND deleted = 0",
    "SELECT * FROM image WHERE job_number = 1 AND deleted = 0 ORDER BY idx",
    "SELECT * FROM event WHERE user_id = 'a' AND seq > 5 ORDER BY seq LIMIT 5",
  ])
  func `no frequent query scans a table`(sql: String) async throws {
    let fixture = try StoreFixture(kind)
    let store = try #require(fixture.store as? SQLiteJobStore)
    let plan = try await store.database.read { db in
      try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN " + sql).map { $0["detail"] as String }
    }
    for line in plan {
      #expect(!line.hasPrefix("SCAN job") || line.contains("USING"), "\(line)")
      #expect(!line.hasPrefix("SCAN image"), "\(line)")
    }
  }

  @Test func `errors never hold a prompt`() async throws {
    let fixture = try StoreFixture(kind)
    let store = try #require(fixture.store as? SQLiteJobStore)
    try await store.database.write { try $0.execute(sql: "DROP TABLE event") }
    do {
      _ = try await store.submit(
        JobSubmission(owner: StoreFixture.anna, request: StoreFixture.request("a secret wish")))
      Issue.record("it was stored")
    } catch {
      #expect(!"\(error)".contains("secret"))
    }
    #expect(try await store.jobs(owner: StoreFixture.anna, page: JobPage()).isEmpty)
  }
}
