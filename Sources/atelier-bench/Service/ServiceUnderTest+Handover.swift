import Foundation

extension ServiceUnderTest {
  private static let jobs = 60
  private static let people = 4

  /// How long a worker's device is without work between two jobs while more of them wait.
  ///
  /// Small jobs of the demo model, so that there are many; the server itself measures from the moment a worker says
  /// that its device is free until it says that it began the next job.
  func handover() throws -> ServiceReport.Handover {
    let peer = try start()
    defer { peer.stop() }
    let worker = try startWorker(peer)
    defer { end(worker) }
    let people = try (0..<Self.people).map { _ in try Person(port: peer.port) }
    for number in 0..<Self.jobs {
      let person = people[number % Self.people]
      try person.submit(
        #"{"prompt":"a red circle","steps":2,"width":64,"height":64,"seed":\#(number)}"#)
      try person.submitted()
    }
    for _ in 0..<1200 {
      let metrics = try people[0].metrics()
      if metrics[#"atelier_jobs_ended_total{state="finished"}"#] == Double(Self.jobs) {
        return try Self.handover(metrics)
      }
      usleep(100_000)
    }
    throw BenchError.unexpected("the worker did not finish its jobs")
  }

  private static func handover(_ metrics: [String: Double]) throws -> ServiceReport.Handover {
    let name = "atelier_worker_handover_seconds"
    guard let count = metrics["\(name)_count"], let sum = metrics["\(name)_sum"], count > 0 else {
      throw BenchError.unexpected("no job followed another at once")
    }
    return ServiceReport.Handover(
      jobs: Int(count), mean: 1000 * sum / count,
      shareUnder5: (metrics["\(name)_bucket{le=\"0.005\"}"] ?? 0) / count)
  }
}

extension Person {
  /// The server's metrics by series.
  func metrics() throws -> [String: Double] {
    let text = try ask("GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: \(cookie)\r\n\r\n").body
    var values: [String: Double] = [:]
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      guard let space = line.lastIndex(of: " ") else { continue }
      values[String(line[..<space])] = Double(line[line.index(after: space)...])
    }
    return values
  }
}
