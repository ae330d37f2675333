import GRDB
import Generation

/// One transaction: the connection, one reading of the clocks, and the events it logs.
///
/// Used only on the database's thread, inside one transaction.
final class QueueTransaction {
  let db: Database
  let policy: QueuePolicy
  let ids: IdentifierSource
  let requests: RequestCache
  /// Uptime at the beginning.
  let now: Duration
  /// Wall clock at the beginning, in milliseconds since 1970.
  let wall: Int64
  /// Logged so far; told to observers after the commit.
  private(set) var events: [QueueEvent] = []

  init(
    _ db: Database, policy: QueuePolicy, ids: IdentifierSource, requests: RequestCache,
    clock: any QueueClock
  ) {
    self.db = db
    self.policy = policy
    self.ids = ids
    self.requests = requests
    now = clock.uptime
    wall = clock.wall.queueMilliseconds
  }

  /// Runs a statement and says how many rows it changed.
  @discardableResult
  func change(_ sql: String, _ arguments: StatementArguments = []) throws -> Int {
    try db.cachedStatement(sql: sql).execute(arguments: arguments)
    return db.changesCount
  }

  /// The rows of a query.
  func rows(_ sql: String, _ arguments: StatementArguments = []) throws -> [Row] {
    try Row.fetchAll(db.cachedStatement(sql: sql), arguments: arguments)
  }

  /// The first row of a query.
  func row(_ sql: String, _ arguments: StatementArguments = []) throws -> Row? {
    try Row.fetchOne(db.cachedStatement(sql: sql), arguments: arguments)
  }

  /// The first value of a query that gives one integer.
  func integer(_ sql: String, _ arguments: StatementArguments = []) throws -> Int64 {
    try Int64.fetchOne(db.cachedStatement(sql: sql), arguments: arguments) ?? 0
  }

  /// Appends to the owner's log, in this transaction.
  func log(_ kind: QueueEvent.Kind, owner: UserID) throws {
    let sequence = try integer(
      "UPDATE user SET last_seq = last_seq + 1 WHERE id = ? RETURNING last_seq", [owner.rawValue])
    let (name, job, image, state) = kind.columns
    try change(
      "INSERT INTO event (user_id, seq, kind, job_id, image_id, state, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
      [owner.rawValue, sequence, name, job.rawValue, image?.rawValue, state?.rawValue, wall])
    events.append(QueueEvent(owner: owner, sequence: sequence, kind: kind))
  }

  /// Makes the user if there is none of that name.
  func ensureUser(_ id: UserID, _ kind: UserKind) throws {
    try change(
      "INSERT INTO user (id, kind, created_at) VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING",
      [id.rawValue, kind.rawValue, wall])
  }

  /// A value kept in `meta`.
  func meta(_ key: String) throws -> String? {
    try String.fetchOne(db.cachedStatement(sql: "SELECT value FROM meta WHERE key = ?"), arguments: [key])
  }

  /// Keeps a value in `meta`.
  func setMeta(_ key: String, _ value: String) throws {
    try change(
      "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
      [key, value])
  }
}
