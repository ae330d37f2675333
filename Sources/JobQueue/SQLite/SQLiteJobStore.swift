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
  /// Changes that wait for the database's thread.
  let pending = Mutex<[PendingWrite]>([])
  /// How many commits there were, so that what was read can be known to be true still.
  let changes = Mutex(0)
  /// How many commits there were at the last look for a quiet moment, and when the log was written back in one.
  let quiet = Mutex((seen: 0, checkpointed: 0))
  /// The last look at the queue.
  let glance = Mutex<QueueGlance?>(nil)

  /// SQLite's version, for the log.
  public let sqliteVersion: String
  /// What is wrong with the file; nil for a whole one.
  ///
  /// Of a damaged one is only read: every change throws `JobQueueError.damaged`.
  public let damage: String?

  init(
    database: DatabaseQueue, lock: DataFolderLock, options: Options, sqliteVersion: String,
    damage: String? = nil
  ) {
    self.database = database
    self.lock = lock
    policy = options.policy
    ids = options.ids
    clock = options.clock
    self.sqliteVersion = sqliteVersion
    self.damage = damage
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
      if damage == nil { try database.writeWithoutTransaction { db in _ = try db.checkpoint(.truncate) } }
      try database.close()
      lock.release()
    } catch {
      throw JobQueueError(error)
    }
  }

  func transaction(_ db: Database) -> QueueTransaction {
    QueueTransaction(db, policy: policy, ids: ids, requests: requests, clock: clock)
  }

  /// See `JobStore`.
  public func observe(_ observer: @escaping @Sendable ([QueueEvent]) -> Void) {
    observers.withLock { $0.append(observer) }
  }

  /// Hands on what a commit logged.
  func tellObservers(_ events: [QueueEvent]) {
    for observer in observers.withLock({ $0 }) { observer(events) }
  }

  /// Reads one state of the database.
  func read<T: Sendable>(
    _ body: @escaping @Sendable (QueueTransaction) throws -> T
  ) async throws(JobQueueError) -> T {
    try await onConnection { db in
      let transaction = self.transaction(db)
      var value: T?
      try db.inTransaction(.deferred) {
        value = try body(transaction)
        return .commit
      }
      guard let value else {
        throw JobQueueError.storage(code: 0, message: "a transaction gave no value")
      }
      return value
    }
  }

  /// Runs what is no change on the database's thread, outside any transaction.
  func onConnection<T: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> T
  ) async throws(JobQueueError) -> T {
    let result: Result<T, JobQueueError> = await withCheckedContinuation { continuation in
      database.asyncWriteWithoutTransaction { db in
        do { continuation.resume(returning: .success(try body(db))) } catch {
          continuation.resume(returning: .failure(JobQueueError(error)))
        }
      }
    }
    return try result.get()
  }
}
