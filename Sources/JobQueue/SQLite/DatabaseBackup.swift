import GRDB
import Glibc

/// Copies of the database in one file each, as `VACUUM INTO` makes them.
public enum DatabaseBackup {
  /// What a copy holds.
  public struct Summary: Equatable, Sendable {
    /// Rows of jobs.
    public var jobs: Int
    /// Rows of pictures that were not deleted.
    public var images: Int
  }

  /// Copies the database of a folder that no server uses.
  ///
  /// Takes the folder's lock meanwhile; the schema stays as it is. Blocks.
  /// - Throws: `JobQueueError.folderInUse` when a server runs, `.folderFailed` without a database there.
  public static func make(folder: String, to path: String) throws(JobQueueError) {
    guard access(folder + "/atelier.sqlite", R_OK) == 0 else {
      throw .folderFailed(operation: "opening its database", errno: errno)
    }
    let lock = try DataFolderLock(folder: folder)
    do {
      let queue = try DatabaseQueue(
        path: folder + "/atelier.sqlite", configuration: DatabaseSettings.configuration)
      try queue.writeWithoutTransaction { db in
        try DatabaseSettings.quickCheck(db)
        try copy(db, to: path)
      }
      try queue.close()
    } catch { throw JobQueueError(error) }
    withExtendedLifetime(lock) {}
  }

  /// Reads a copy whole and says what it holds.
  ///
  /// - Throws: `JobQueueError.damaged` when it is no whole database, `.unreadable` when it is another's.
  public static func check(_ path: String) throws(JobQueueError) -> Summary {
    do {
      return try DatabaseSettings.readWhole(path) { db in
        guard try db.tableExists("job"), try db.tableExists("image") else {
          throw JobQueueError.unreadable(column: "sqlite_schema")
        }
        return Summary(
          jobs: try Int.fetchOne(db, sql: "SELECT count(*) FROM job") ?? 0,
          images: try Int.fetchOne(db, sql: "SELECT count(*) FROM image WHERE deleted = 0") ?? 0)
      }
    } catch { throw JobQueueError(error) }
  }

  /// Copies into a new private file.
  static func copy(_ db: Database, to path: String) throws {
    // SQLite fills an empty file and refuses any other; ours has the right mode from the start.
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else {
      throw JobQueueError.folderFailed(operation: "making the backup's file", errno: errno)
    }
    close(descriptor)
    do { try db.execute(sql: "VACUUM INTO ?", arguments: [path]) } catch {
      unlink(path)
      throw error
    }
  }
}

extension SQLiteJobStore {
  /// Copies the database as it is now into a new file, mode 0600; other calls wait meanwhile.
  public func backUp(to path: String) async throws(JobQueueError) {
    try await onConnection { try DatabaseBackup.copy($0, to: path) }
  }
}
