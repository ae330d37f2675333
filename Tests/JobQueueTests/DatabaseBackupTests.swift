import Foundation
import GRDB
import Generation
import Testing

@testable import JobQueue

@Suite struct DatabaseBackupTests {
  private func withFolder(_ body: (String) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "backup-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder + "/restored", withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try await body(folder)
  }

  @Test func `a copy of an open store is private, whole, and opens as a store`() async throws {
    try await withFolder { folder in
      let fixture = try StoreFixture(StoreKind.all[0])
      let store = try #require(fixture.store as? SQLiteJobStore)
      let job = try await fixture.submit()
      try await fixture.complete()
      let copy = folder + "/restored/atelier.sqlite"
      try await store.backUp(to: copy)
      // Later changes are not in it.
      try await fixture.submit()
      #expect(try FileManager.default.attributesOfItem(atPath: copy)[.posixPermissions] as? Int == 0o600)
      #expect(try DatabaseBackup.check(copy) == DatabaseBackup.Summary(jobs: 1, images: 1))
      let restored = try SQLiteJobStore.open(folder: folder + "/restored")
      #expect(try await restored.job(job.id, owner: job.owner)?.state == .finished)
    }
  }

  @Test func `an existing file is never written over`() async throws {
    try await withFolder { folder in
      let fixture = try StoreFixture(StoreKind.all[0])
      let store = try #require(fixture.store as? SQLiteJobStore)
      let path = folder + "/precious"
      try Data("precious".utf8).write(to: URL(filePath: path))
      await #expect(throws: JobQueueError.self) { try await store.backUp(to: path) }
      #expect(try Data(contentsOf: URL(filePath: path)) == Data("precious".utf8))
    }
  }

  @Test func `without a server the folder's own lock is taken`() async throws {
    try await withFolder { folder in
      var store: SQLiteJobStore? = try SQLiteJobStore.open(folder: folder)
      #expect(throws: JobQueueError.folderInUse) {
        try DatabaseBackup.make(folder: folder, to: folder + "/a")
      }
      try store?.close()
      store = nil
      try DatabaseBackup.make(folder: folder, to: folder + "/a")
      #expect(try DatabaseBackup.check(folder + "/a").jobs == 0)
      #expect(throws: JobQueueError.self) {
        try DatabaseBackup.make(folder: folder + "/restored", to: folder + "/b")
      }
    }
  }

  @Test func `what is no whole database of ours is refused`() async throws {
    try await withFolder { folder in
      let path = folder + "/text"
      try Data(repeating: 0x41, count: 4096).write(to: URL(filePath: path))
      #expect(throws: JobQueueError.self) { try DatabaseBackup.check(path) }
      let other = try DatabaseQueue(path: folder + "/other")
      try await other.write { try $0.execute(sql: "CREATE TABLE t (x)") }
      #expect(throws: JobQueueError.unreadable(column: "sqlite_schema")) {
        try DatabaseBackup.check(folder + "/other")
      }
    }
  }

  @Test func `an inspection counts, names what a start would do, and changes nothing`() async throws {
    try await withFolder { folder in
      let queue = try DatabaseQueue(path: folder + "/atelier.sqlite")
      try await queue.writeWithoutTransaction { db in
        try db.execute(sql: "CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY)")
      }
      try queue.close()
      let before = try Data(contentsOf: URL(filePath: folder + "/atelier.sqlite"))
      let found = try DatabaseInspection.inspect(folder: folder)
      #expect(found.jobs == 0)
      #expect(found.pendingSteps == Migrations.migrator.migrations.count)
      #expect(try Data(contentsOf: URL(filePath: folder + "/atelier.sqlite")) == before)
    }
  }
}
