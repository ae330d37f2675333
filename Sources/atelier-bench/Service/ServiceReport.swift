/// What `http --json` prints.
struct ServiceReport: Encodable {
  /// One server under one load.
  struct Rate: Encodable {
    let server: String
    let load: String
    let connections: Int
    let requestsPerSecond: Double
    let p50: Double
    let p99: Double
    /// Our requests a second divided by this server's.
    var ratio: Double?

    enum CodingKeys: String, CodingKey {
      case server, load, connections, ratio
      case requestsPerSecond = "requests_per_second"
      case p50 = "p50_milliseconds"
      case p99 = "p99_milliseconds"
    }
  }

  /// Many event sockets with nothing to say.
  struct Idle: Encodable {
    let sockets: Int
    let bytesEach: Double
    let getP99: Double

    enum CodingKeys: String, CodingKey {
      case sockets
      case bytesEach = "bytes_each"
      case getP99 = "get_p99_milliseconds"
    }
  }

  /// From a submission to its first event.
  struct FirstEvent: Encodable {
    let users: Int
    let submissions: Int
    let p50: Double
    let p99: Double

    enum CodingKeys: String, CodingKey {
      case users, submissions
      case p50 = "p50_milliseconds"
      case p99 = "p99_milliseconds"
    }
  }

  /// From one job to the next on a worker's device.
  struct Handover: Encodable {
    let jobs: Int
    let mean: Double
    /// The share of handovers that took less than 5 ms.
    let shareUnder5: Double

    enum CodingKeys: String, CodingKey {
      case jobs
      case mean = "mean_milliseconds"
      case shareUnder5 = "share_under_5_milliseconds"
    }
  }

  var rates: [Rate] = []
  var idle: Idle?
  var firstEvent: FirstEvent?
  var handover: Handover?

  enum CodingKeys: String, CodingKey {
    case rates, idle, handover
    case firstEvent = "first_event"
  }
}
