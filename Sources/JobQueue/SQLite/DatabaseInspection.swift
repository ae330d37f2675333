import GRDB
import Glibc

/// What can be said about a database without opening it for a server.
public struct DatabaseInspection: Equatable, Sendable {
  /// SQLite's version.
  public var sqliteVersion: String
  /// Rows of jobs.
  public var jobs: Int
  /// Accounts that may log in as admin.
  public var admins: Int
  /// Migrations a start would do.
  public var pendingSteps: Int

  /// Reads the whole database of a folder that no server uses; changes nothing.
  ///
  /// - Throws: `JobQueueError.folderInUse`, `.damaged`, `.newerSchema`, `.storage`.
  public static func inspect(folder: String) throws(JobQueueError) -> DatabaseInspection {
    let lock = try DataFolderLock(folder: folder)
    do {
      let found = try DatabaseSettings.readWhole(folder + "/atelier.sqlite") { db in
        let applied = try Set(Migrations.migrator.appliedIdentifiers(db))
        let known = Migrations.migrator.migrations
        if let newer = applied.subtracting(known).min() { throw JobQueueError.newerSchema(step: newer) }
        return DatabaseInspection(
          sqliteVersion: try String.fetchOne(db, sql: "SELECT sqlite_version()") ?? "unknown",
          jobs: try db.tableExists("job") ? Int.fetchOne(db, sql: "SELECT count(*) FROM job") ?? 0 : 0,
          admins: try db.tableExists("account")
            ? Int.fetchOne(db, sql: QueueTransaction.adminCountSQL) ?? 0 : 0,
          pendingSteps: known.count - applied.count)
      }
      withExtendedLifetime(lock) {}
      return found
    } catch { throw JobQueueError(error) }
  }
}
