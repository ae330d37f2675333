import Foundation
import GRDB
import Generation

/// A row of `job`: what never changes, and the machine that does.
struct JobRow {
  let number: Int64
  let id: JobID
  let owner: UserID
  let request: GenerationRequest
  let cost: Int64
  let createdAt: Date
  let cell: JobCell?
  var startedAt: Date?
  var finishedAt: Date?
  var startedUptime: Duration?
  var machine: JobMachine

  /// The attempt that counts now.
  var attempt: JobAttempt { JobAttempt(job: UInt64(number), attempt: machine.attempt) }

  /// What `init(row:request:)` reads, in its order; by place, since a row is read with every change of a job and names
  /// are looked for one by one.
  private static let columns = [
    "number", "id", "user_id", "request", "cost", "created_at", "grid_id", "grid_place", "started_at",
    "finished_at",
    "started_uptime", "state", "attempt", "failure_count", "crash_count", "rescue_count", "cancel_requested",
    "worker_id", "error", "attempt_open", "crash_provisional", "lease_void", "lease_uptime", "attempt_uptime",
    "first_taken_uptime", "not_before_uptime",
  ]
  /// Selects what is read, with further columns if the table is joined with others.
  static let selectedSQL = columns.map { "job.\($0)" }.joined(separator: ", ")
  /// The same with its table.
  static let selectSQL = "SELECT \(selectedSQL) FROM job"

  /// A new one that waits.
  init(number: Int64, id: JobID, _ submission: JobSubmission, cost: Int64, createdAt: Date, cell: JobCell?) {
    self.number = number
    self.id = id
    owner = submission.owner
    request = submission.request
    self.cost = cost
    self.createdAt = createdAt
    self.cell = cell
    machine = JobMachine()
  }

  /// Reads a row of `selectSQL`.
  /// - Parameter request: Gives the request of a job by its number, state and column.
  init(row: Row, request: (Int64, JobState, String) throws -> GenerationRequest) throws {
    number = row[0]
    id = JobID(row[1])
    owner = UserID(row[2])
    cost = row[4]
    createdAt = Date(queueMilliseconds: row[5])
    cell = (row[6] as String?).map { JobCell(grid: GridID($0), place: row[7] ?? 0) }
    startedAt = (row[8] as Int64?).map { Date(queueMilliseconds: $0) }
    finishedAt = (row[9] as Int64?).map { Date(queueMilliseconds: $0) }
    startedUptime = (row[10] as Int64?).map { .milliseconds($0) }
    machine = try Self.machine(row)
    self.request = try request(number, machine.state, row[3])
  }

  private static func machine(_ row: Row) throws -> JobMachine {
    guard let state = JobState(rawValue: row[11]), let attempt = UInt32(exactly: row[12] as Int64)
    else { throw JobQueueError.unreadable(column: "job.state") }
    var machine = JobMachine()
    machine.state = state
    machine.attempt = attempt
    machine.failureCount = row[13]
    machine.crashCount = row[14]
    machine.rescueCount = row[15]
    machine.cancelRequested = row[16]
    machine.worker = (row[17] as String?).map { WorkerID($0) }
    machine.error = try (row[18] as String?).map { try decode(UserError.self, $0, "job.error") }
    machine.isAttemptOpen = row[19]
    machine.isCrashProvisional = row[20]
    machine.isLeaseVoid = row[21]
    machine.leaseDeadline = .milliseconds(row[22] as Int64)
    machine.attemptDeadline = .milliseconds(row[23] as Int64)
    machine.firstTaken = (row[24] as Int64?).map { .milliseconds($0) }
    machine.notBefore = .milliseconds(row[25] as Int64)
    return machine
  }

  /// Reads JSON text of a column.
  static func decode<T: Decodable>(_: T.Type, _ text: String, _ column: String) throws -> T {
    do { return try JSONDecoder().decode(T.self, from: Data(text.utf8)) } catch {
      throw JobQueueError.unreadable(column: column)
    }
  }

  /// JSON text for a column.
  static func encode(_ value: some Encodable, _ column: String) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do { return String(decoding: try encoder.encode(value), as: UTF8.self) } catch {
      throw JobQueueError.unreadable(column: column)
    }
  }
}
