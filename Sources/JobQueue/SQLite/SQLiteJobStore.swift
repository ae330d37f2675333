import FoundationEssentials
import GRDB
import Generation
import Synchronization

/// The queue in one SQLite file, through the one connection of this process.
///
/// All work runs on GRDB's serial queue for that connection; a call that began is finished even if its
/// task is cancelled, so that a stored result is never half told.
public final class SQLiteJobStore: JobStore {
  let database: DatabaseQueue
  let policy: QueuePolicy
  let ids: IdentifierSource
  let clock: any QueueClock
  private let requests = RequestCache()
  private let lock: DataFolderLock
  private let observers = Mutex<[@Sendable ([QueueEvent]) -> Void]>([])

  /// SQLite's version, for the log.
  public let sqliteVersion: String

  private init(
    database: DatabaseQueue, lock: DataFolderLock, options: Options, sqliteVersion: String
  ) {
    self.database = database
    self.lock = lock
    policy = options.policy
    ids = options.ids
    clock = options.clock
    self.sqliteVersion = sqliteVersion
  }

  /// What may be chosen.
  public struct Options: Sendable {
    /// Limits and timers.
    public var policy = QueuePolicy()
    /// Where names come from.
    public var ids = IdentifierSource.random
    /// What time it is.
    public var clock: any QueueClock = SystemQueueClock()

    /// The service's own options.
    public init() {}
  }

  /// Opens `atelier.sqlite` in a folder, or makes it; checks the file, brings the schema up to date, and
  /// voids the leases of the server's earlier run.
  ///
  /// Blocks while it does. An older attempt's worker has `QueuePolicy.lease` to come back with it.
  ///
  /// - Throws: `JobQueueError.folderInUse` when another server has the folder, `.damaged` when the file is,
  ///   `.newerSchema`, `.settingRefused`, `.storage`.
  public static func open(
    folder: String, options: Options = Options()
  ) throws(JobQueueError) -> SQLiteJobStore {
    let lock = try DataFolderLock(folder: folder)
    let path = folder + "/atelier.sqlite"
    try DatabaseSettings.createPrivately(path)
    do {
      let database = try DatabaseQueue(path: path, configuration: DatabaseSettings.configuration)
      let version = try database.writeWithoutTransaction { db in
        try DatabaseSettings.verify(db)
        try DatabaseSettings.quickCheck(db)
        return try String.fetchOne(db, sql: "SELECT sqlite_version()") ?? "unknown"
      }
      try Migrations.run(database)
      let store = SQLiteJobStore(
        database: database, lock: lock, options: options, sqliteVersion: version)
      try database.write { db in
        try store.transaction(db).voidLeases(bootID: store.clock.bootID)
      }
      return store
    } catch {
      throw JobQueueError(error)
    }
  }

  /// Writes the log back into the file, closes it and gives the folder up; later calls fail.
  public func close() throws(JobQueueError) {
    do {
      try database.writeWithoutTransaction { db in _ = try db.checkpoint(.truncate) }
      try database.close()
      lock.release()
    } catch {
      throw JobQueueError(error)
    }
  }

  private func transaction(_ db: Database) -> QueueTransaction {
    QueueTransaction(db, policy: policy, ids: ids, requests: requests, clock: clock)
  }

  /// See `JobStore`.
  public func observe(_ observer: @escaping @Sendable ([QueueEvent]) -> Void) {
    observers.withLock { $0.append(observer) }
  }

  /// Runs one transaction that may write; observers hear of it after its commit.
  ///
  /// - Parameter committed: reached between the two.
  func write<T: Sendable>(
    committed: Failpoint? = nil, _ body: @escaping @Sendable (QueueTransaction) throws -> T
  ) async throws(JobQueueError) -> T {
    try await run { store, transaction in
      var value: T?
      try transaction.db.inTransaction(.immediate) {
        value = try body(transaction)
        return .commit
      }
      committed?.reach()
      if !transaction.events.isEmpty {
        for observer in store.observers.withLock({ $0 }) { observer(transaction.events) }
      }
      return value
    }
  }

  /// Reads one state of the database.
  func read<T: Sendable>(
    _ body: @escaping @Sendable (QueueTransaction) throws -> T
  ) async throws(JobQueueError) -> T {
    try await run { _, transaction in
      var value: T?
      try transaction.db.inTransaction(.deferred) {
        value = try body(transaction)
        return .commit
      }
      return value
    }
  }

  private func run<T: Sendable>(
    _ body: @escaping @Sendable (SQLiteJobStore, QueueTransaction) throws -> T?
  ) async throws(JobQueueError) -> T {
    let result: Result<T, JobQueueError> = await withCheckedContinuation { continuation in
      database.asyncWriteWithoutTransaction { db in
        let transaction = self.transaction(db)
        do {
          guard let value = try body(self, transaction) else {
            throw JobQueueError.storage(code: 0, message: "a transaction gave no value")
          }
          continuation.resume(returning: .success(value))
        } catch {
          continuation.resume(returning: .failure(JobQueueError(error)))
        }
      }
    }
    return try result.get()
  }
}
