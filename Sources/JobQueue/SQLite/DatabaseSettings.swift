import GRDB
import Glibc

/// What durability and safety ask of SQLite, set on the one connection and read back at start.
enum DatabaseSettings {
  /// Each setting as `PRAGMA` reads it back.
  ///
  /// `synchronous` 2 is FULL: a commit survives a loss of power, which WAL's usual NORMAL does not promise.
  /// No mapping of the file: an I/O error would be a signal instead of an error. The log is written back in quiet
  /// moments, and at 16 MB of it in any.
  static let expected: [(pragma: String, value: String)] = [
    ("journal_mode", "wal"), ("synchronous", "2"), ("foreign_keys", "1"), ("trusted_schema", "0"),
    ("cell_size_check", "1"), ("busy_timeout", "5000"), ("mmap_size", "0"), ("wal_autocheckpoint", "4000"),
  ]

  static var configuration: Configuration {
    var configuration = Configuration()
    configuration.label = "job-queue"
    configuration.busyMode = .timeout(5)
    configuration.prepareDatabase { db in
      try db.execute(sql: "PRAGMA journal_mode = WAL")
      try db.execute(sql: "PRAGMA synchronous = FULL")
      try db.execute(sql: "PRAGMA foreign_keys = ON")
      try db.execute(sql: "PRAGMA trusted_schema = OFF")
      try db.execute(sql: "PRAGMA cell_size_check = ON")
      try db.execute(sql: "PRAGMA mmap_size = 0")
      try db.execute(sql: "PRAGMA wal_autocheckpoint = 4000")
    }
    return configuration
  }

  /// Reads every setting back.
  static func verify(_ db: Database) throws {
    for (pragma, expected) in Self.expected {
      let found = try Row.fetchOne(db, sql: "PRAGMA \(pragma)")
      // A build of SQLite without memory mapping has no such setting.
      guard let text = found.flatMap({ String.fromDatabaseValue($0[0] as DatabaseValue) ?? integer($0) })
      else {
        if pragma == "mmap_size" { continue }
        throw JobQueueError.settingRefused(pragma: pragma, expected: expected, found: "nothing")
      }
      guard text == expected else {
        throw JobQueueError.settingRefused(pragma: pragma, expected: expected, found: text)
      }
    }
  }

  /// Reads the whole file's structure; a damaged one is left alone.
  static func quickCheck(_ db: Database) throws {
    let result = try String.fetchOne(db, sql: "PRAGMA quick_check(1)") ?? "no answer"
    guard result == "ok" else { throw JobQueueError.damaged(detail: result) }
  }

  /// Opens a database for reading only, reads it whole, and gives it to `body`.
  ///
  /// Throws `JobQueueError.damaged` and what `body` throws.
  static func readWhole<Result>(_ path: String, _ body: (Database) throws -> Result) throws -> Result {
    var configuration = Configuration()
    configuration.readonly = true
    let queue = try DatabaseQueue(path: path, configuration: configuration)
    defer { try? queue.close() }
    return try queue.writeWithoutTransaction { db in
      try quickCheck(db)
      return try body(db)
    }
  }

  private static func integer(_ row: Row) -> String? {
    Int64.fromDatabaseValue(row[0] as DatabaseValue).map(String.init)
  }

  /// Makes the file private before SQLite opens it; its WAL takes the same mode.
  static func createPrivately(_ path: String) throws(JobQueueError) {
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw .folderFailed(operation: "opening the database", errno: errno) }
    close(descriptor)
  }
}
