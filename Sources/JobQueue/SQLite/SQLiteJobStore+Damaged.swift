import GRDB

extension SQLiteJobStore {
  /// Opens a damaged database for reading alone, so that its owner's pictures can still be seen.
  ///
  /// Nothing is repaired, migrated or written, the file's journal included. Rows that lie on a damaged page throw
  /// `JobQueueError.damaged` when they are asked for.
  ///
  /// - Parameter damage: what the start's check found.
  /// - Throws: `JobQueueError.damaged` when not even its tables can be read, or its schema is not today's.
  public static func openDamaged(
    folder: String, damage: String, options: Options = Options()
  ) throws(JobQueueError) -> SQLiteJobStore {
    let lock = try DataFolderLock(folder: folder)
    do {
      var configuration = Configuration()
      configuration.label = "job-queue"
      configuration.readonly = true
      configuration.prepareDatabase { db in try db.execute(sql: "PRAGMA trusted_schema = OFF") }
      let database = try DatabaseQueue(path: folder + "/atelier.sqlite", configuration: configuration)
      let version = try database.unsafeRead { db in
        let migrator = Migrations.migrator
        guard try Set(migrator.appliedIdentifiers(db)) == Set(migrator.migrations) else {
          throw JobQueueError.damaged(detail: damage)
        }
        for table in ["user", "session", "account", "job", "image", "event"] {
          _ = try Row.fetchOne(db, sql: "SELECT * FROM \(table) LIMIT 1")
        }
        return try String.fetchOne(db, sql: "SELECT sqlite_version()") ?? "unknown"
      }
      return SQLiteJobStore(
        database: database, lock: lock, options: options, sqliteVersion: version, damage: damage)
    } catch {
      throw JobQueueError(error)
    }
  }
}
