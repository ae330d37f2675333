import ArgumentParser
import CLinux
import Foundation

/// Measures the server from outside, beside nginx and a server on Hummingbird.
struct HTTPCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "http",
    abstract:
      "Requests a second, idle sockets, the delay of events and of the next job, beside other servers.",
    discussion: """
      Each server runs on the first processor alone, the load generator (its own, epoll on one thread) on the \
      second. nginx is measured where it is installed, Hummingbird where its server was built: \
      Scripts/bench.sh --service does both. A ratio is this server's requests a second divided by the other's.
      """)

  @Option(help: ArgumentHelp("The page's folder, served by all.", valueName: "path"))
  var folder = "Public"

  @Option(help: ArgumentHelp("Hummingbird's server.", valueName: "path"))
  var hummingbird: String?

  @Option(help: "Seconds for each load; each is run three times in turn and the best counts.")
  var seconds = 3.0

  @Option(help: "Connections of a load.")
  var connections = 32

  @Option(help: "Idle event sockets; 0 leaves them out.")
  var sockets = 10_000

  @Flag(help: "Print one JSON object and nothing else.")
  var json = false

  static let loads: [(name: String, paths: [String])] = [
    ("small", ["/healthz"]), ("files", ["/", "/js/main.js", "/css/base.css", "/favicon.svg"]),
  ]

  func validate() throws {
    guard (0.1...60).contains(seconds), (1...1000).contains(connections), (0...11_000).contains(sockets)
    else {
      throw ValidationError("expected 0.1 to 60 seconds, 1 to 1000 connections, 0 to 11000 sockets")
    }
  }

  func run() throws {
    try Peer.stayAside()
    _ = clinux_set_descriptor_limit(16_384)
    clinux_ignore_sigpipe()
    let work = FileManager.default.temporaryDirectory.appending(path: "atelier-bench-\(getpid())")
    try FileManager.default.createDirectory(at: work, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: work) }
    let service = ServiceUnderTest(work: work.path, folder: URL(filePath: folder).path)
    var report = ServiceReport()
    report.rates = try measureRates(service)
    if !json { show(report.rates) }
    if sockets > 0 { report.idle = try service.idle(sockets) }
    report.firstEvent = try service.firstEvent()
    report.handover = try service.handover()
    if json { try printJSON(report) } else { show(report) }
  }

  private func measureRates(_ service: ServiceUnderTest) throws -> [ServiceReport.Rate] {
    var all: [ServiceReport.Rate] = []
    var peers = [try service.start()]
    if let nginx = try service.startNginx() { peers.append(nginx) }
    if let hummingbird { peers.append(try service.startHummingbird(hummingbird)) }
    for load in Self.loads {
      var rates: [ServiceReport.Rate] = []
      for peer in peers {
        // In turns, so that a disturbance does not hit one server alone.
        rates.append(try rate(peer, load))
      }
      for _ in 0..<2 {
        for (index, peer) in peers.enumerated() {
          let again = try rate(peer, load)
          if again.requestsPerSecond > rates[index].requestsPerSecond { rates[index] = again }
        }
      }
      let own = rates[0].requestsPerSecond
      for index in rates.indices.dropFirst() { rates[index].ratio = own / rates[index].requestsPerSecond }
      all += rates
    }
    return all
  }

  private func rate(_ peer: Peer, _ load: (name: String, paths: [String])) throws -> ServiceReport.Rate {
    let generator = try LoadGenerator(port: peer.port, paths: load.paths, connections: connections)
    let (latencies, seconds) = try generator.run(seconds: seconds)
    return ServiceReport.Rate(
      server: peer.name, load: load.name, connections: connections,
      requestsPerSecond: Double(latencies.count) / seconds, p50: latencies.milliseconds(0.5),
      p99: latencies.milliseconds(0.99))
  }

  private func show(_ rates: [ServiceReport.Rate]) {
    for rate in rates {
      let ratio = rate.ratio.map { "ours is \(rounded($0))x" } ?? ""
      print(
        "\(padded(rate.load, 8)) \(padded(rate.server, 12)) \(padded("\(Int(rate.requestsPerSecond)) requests/s", -20)) "
          + "\(padded("p99 \(rounded(rate.p99)) ms", -16))  \(ratio)")
    }
  }

  private func show(_ report: ServiceReport) {
    if let idle = report.idle {
      print(
        "\(idle.sockets) idle event sockets: \(rounded(idle.bytesEach / 1024)) KiB each, "
          + "GET p99 \(rounded(idle.getP99)) ms")
    }
    if let event = report.firstEvent {
      print(
        "submission to first event, \(event.users) users: p50 \(rounded(event.p50)) ms, p99 \(rounded(event.p99)) ms"
      )
    }
    if let handover = report.handover {
      print(
        "a worker's device without work between two jobs: mean \(rounded(handover.mean)) ms, "
          + "\(Int(100 * handover.shareUnder5)) % of \(handover.jobs) under 5 ms")
    }
  }
}
