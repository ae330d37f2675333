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

  /// Reads a row whose request was read.
  init(row: Row, request: GenerationRequest) throws {
    number = row["number"]
    id = JobID(row["id"])
    owner = UserID(row["user_id"])
    self.request = request
    cost = row["cost"]
    createdAt = Date(queueMilliseconds: row["created_at"])
    cell = (row["grid_id"] as String?).map { JobCell(grid: GridID($0), place: row["grid_place"] ?? 0) }
    startedAt = (row["started_at"] as Int64?).map { Date(queueMilliseconds: $0) }
    finishedAt = (row["finished_at"] as Int64?).map { Date(queueMilliseconds: $0) }
    startedUptime = (row["started_uptime"] as Int64?).map { .milliseconds($0) }
    machine = try Self.machine(row)
  }

  private static func machine(_ row: Row) throws -> JobMachine {
    guard let state = JobState(rawValue: row["state"]), let attempt = UInt32(exactly: row["attempt"] as Int64)
    else { throw JobQueueError.unreadable(column: "job.state") }
    var machine = JobMachine()
    machine.state = state
    machine.attempt = attempt
    machine.failureCount = row["failure_count"]
    machine.crashCount = row["crash_count"]
    machine.rescueCount = row["rescue_count"]
    machine.cancelRequested = row["cancel_requested"]
    machine.worker = (row["worker_id"] as String?).map { WorkerID($0) }
    machine.error = try (row["error"] as String?).map { try decode(UserError.self, $0, "job.error") }
    machine.isAttemptOpen = row["attempt_open"]
    machine.isCrashProvisional = row["crash_provisional"]
    machine.isLeaseVoid = row["lease_void"]
    machine.leaseDeadline = .milliseconds(row["lease_uptime"] as Int64)
    machine.attemptDeadline = .milliseconds(row["attempt_uptime"] as Int64)
    machine.firstTaken = (row["first_taken_uptime"] as Int64?).map { .milliseconds($0) }
    machine.notBefore = .milliseconds(row["not_before_uptime"] as Int64)
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
