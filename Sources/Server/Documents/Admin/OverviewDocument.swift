/// The body of `GET /api/admin/overview`.
struct OverviewDocument: Encodable, Sendable {
  /// How many jobs there are.
  struct Queue: Encodable, Sendable {
    var waiting: Int
    var running: Int
  }

  /// What lies on the disk.
  struct Disk: Encodable, Sendable {
    var freeBytes: Int
    var imagesBytes: Int
    var databaseBytes: Int
    var freeFloorBytes: Int

    enum CodingKeys: String, CodingKey {
      case freeBytes = "free_bytes"
      case imagesBytes = "images_bytes"
      case databaseBytes = "database_bytes"
      case freeFloorBytes = "free_floor_bytes"
    }
  }

  var version: String
  var uptimeSeconds: Double
  var queue: Queue
  var disk: Disk
  var sockets: Int
  var users: Int
  var workers: [WorkerDocument]

  enum CodingKeys: String, CodingKey {
    case version, queue, disk, sockets, users, workers
    case uptimeSeconds = "uptime_seconds"
  }
}
