import Foundation
import Generation
import HTTP
import Logging
import ServiceLifecycle
import Sockets
import Testing
import WorkerProtocol

@testable import Server

/// The whole server over loopback, with a worker that does what the test says.
@Suite(.timeLimit(.minutes(2)), .serialized) struct LiveTests {
  /// A running server in a folder of its own.
  final class Running: Sendable {
    let parts: ServerParts
    let folder: String
    private let group: ServiceGroup
    private let task: Task<Void, any Error>

    init(folder: String? = nil) async throws {
      self.folder = folder ?? NSTemporaryDirectory() + "atelier-live-" + UUID().uuidString
      let page = self.folder + "/page"
      try FileManager.default.createDirectory(atPath: page, withIntermediateDirectories: true)
      try Data("<!doctype html>".utf8).write(to: URL(filePath: page + "/index.html"))
      var configuration = ServerConfiguration(dataFolder: self.folder + "/data")
      configuration.access = .open
      configuration.port = 0
      configuration.workerPort = 0
      configuration.workerPortFile = self.folder + "/worker-port"
      configuration.publicFolder = page
      configuration.limits.freeSpaceFloor = 0
      configuration.drainSeconds = 1
      let parts = try await ServerParts(
        configuration, logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
      self.parts = parts
      let group = parts.group()
      self.group = group
      task = Task { try await parts.run(group) }
    }

    /// A worker that shook hands and is known to the server.
    func worker(_ name: String = "w") async throws -> MockWorker {
      let secret = try SharedSecret(file: folder + "/data/secrets/worker.key")
      let worker = try await MockWorker(name, to: parts.workers.address)
      try await worker.shakeHands(secret)
      try await worker.send(.capabilities(MockWorker.capabilities))
      while !parts.services.capabilities.isReady { await Task.yield() }
      return worker
    }

    func browser() async throws -> LiveClient {
      var client = LiveClient(parts.http.address)
      try await client.visit()
      return client
    }

    /// Stops as SIGTERM does.
    func stop() async throws {
      await group.triggerGracefulShutdown()
      try await task.value
    }

    func remove() { try? FileManager.default.removeItem(atPath: folder) }
  }

  private static func isFinished(_ event: [String: Any]) -> Bool {
    (event["job"] as? [String: Any])?["state"] as? String == "finished"
  }

  @Test func `a prompt becomes a picture for its owner alone`() async throws {
    let server = try await Running()
    defer { server.remove() }
    let port = try String(contentsOfFile: server.folder + "/worker-port", encoding: .utf8)
    #expect(port == "\(server.parts.workers.address.port)\n")
    let anna = try await server.browser()
    let bob = try await server.browser()
    #expect(anna.cookie != nil && anna.cookie != bob.cookie)
    #expect(try await anna.send("GET", "/readyz").status == 503)
    #expect(try await anna.send("POST", "/api/jobs", json: #"{"prompt":"a cat"}"#).status == 503)
    let worker = try await server.worker()
    #expect(try await anna.send("GET", "/readyz").status == 200)

    let socket = try await anna.events().get()
    let made = try await anna.send("POST", "/api/jobs", json: #"{"prompt":"a cat","seed":7,"height":64}"#)
    #expect(made.status == 201)
    let id = try #require(made.json["id"] as? String)
    let (attempt, request) = try await worker.assignment()
    try await worker.send(.started(attempt))
    try await worker.send(.progress(attempt, GenerationProgress(phase: .denoising, done: 1, total: 4)))
    #expect(try await socket.read { $0["type"] as? String == "progress" } > 1)
    try await worker.complete(attempt, request)
    _ = try await socket.read(until: Self.isFinished)

    let job = try await anna.send("GET", "/api/jobs/\(id)").json
    let image = try #require((job["images"] as? [[String: Any]])?.first)
    let url = try #require(image["url"] as? String)
    #expect(try await anna.send("GET", url).body == MockWorker.picture(0, request).png)
    #expect(try await anna.send("GET", url + "/thumbnail").body == MockWorker.picture(0, request).thumbnail)
    for path in [url, url + "/thumbnail", "/api/jobs/\(id)"] {
      #expect(try await bob.send("GET", path).status == 404)
    }
    try await server.stop()
    while try await socket.next() != nil {}
    #expect(await socket.closeCode == 1001)
  }

  @Test func `a foreign page and a stranger cannot listen`() async throws {
    let server = try await Running()
    defer { server.remove() }
    var client = try await server.browser()
    for origin in ["http://evil.example", "null", "https://\(server.parts.http.address)", ":99999"] {
      client.origin = origin
      guard case .failure(LiveRefusal(status: 403)) = try await client.events() else {
        Issue.record("\(origin) was let in")
        continue
      }
    }
    guard case .failure(LiveRefusal(status: 401)) = try await LiveClient(server.parts.http.address).events()
    else {
      Issue.record("nobody was let in")
      return
    }
    try await server.stop()
  }

  @Test func `a client cut off at any moment hears everything after it comes back`() async throws {
    let server = try await Running()
    defer { server.remove() }
    let client = try await server.browser()
    let worker = try await server.worker()
    let work = Task {
      for _ in 0..<8 {
        let (attempt, request) = try await worker.assignment()
        try await worker.complete(attempt, request)
      }
    }
    for index in 0..<8 {
      _ = try await client.send("POST", "/api/jobs", json: #"{"prompt":"p\#(index)","height":64}"#)
    }
    var cursor = 0
    var pictures: Set<String> = []
    var finished: Set<String> = []
    while finished.count < 8 {
      let socket = try await client.events("?since=\(cursor)").get()
      for _ in 0..<Int.random(in: 2...6) {
        guard finished.count < 8, let event = try await socket.next() else { break }
        if let image = event["image"] as? [String: Any] { pictures.insert(image["id"] as? String ?? "") }
        if Self.isFinished(event), let job = event["job"] as? [String: Any] {
          finished.insert(job["id"] as? String ?? "")
        }
        guard event["type"] as? String != "snapshot", let number = event["seq"] as? Int else { continue }
        #expect(number == cursor + 1)
        cursor = number
      }
      await socket.cut()
    }
    try await work.value
    let jobs = try await client.send("GET", "/api/jobs").json["jobs"] as? [[String: Any]] ?? []
    #expect(jobs.count == 8 && jobs.allSatisfy { $0["state"] as? String == "finished" })
    let told = jobs.flatMap { $0["images"] as? [[String: Any]] ?? [] }.compactMap { $0["id"] as? String }
    #expect(pictures.isSubset(of: Set(told)) && told.count == 8)
    try await server.stop()
  }

  @Test func `after a restart the models are known before the worker is back`() async throws {
    let folder = NSTemporaryDirectory() + "atelier-live-" + UUID().uuidString
    let cookie = try await firstLife(folder)
    let server = try await Running(folder: folder)
    defer { server.remove() }
    var client = LiveClient(server.parts.http.address)
    client.cookie = cookie
    #expect(try await client.send("GET", "/readyz").status == 503)
    #expect(
      try await client.send("POST", "/api/jobs", json: #"{"prompt":"a dog","height":64}"#).status == 201)
    try await server.stop()
  }

  /// A server that saw a worker, and wrote down what it offered; all of it is gone when this returns.
  private func firstLife(_ folder: String) async throws -> String? {
    let server = try await Running(folder: folder)
    let client = try await server.browser()
    _ = try await server.worker()
    let file = folder + "/data/" + DataFolder.capabilities
    while !FileManager.default.fileExists(atPath: file) { await Task.yield() }
    try await server.stop()
    return client.cookie
  }
}
