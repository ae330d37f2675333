import Foundation

/// Starts this server and those it is compared with, and measures what only this one has.
struct ServiceUnderTest {
  /// A folder for what the servers write.
  let work: String
  /// The page's folder.
  let folder: String

  private static let users = 100

  /// The server beside this program, with everybody let in.
  func start() throws -> Peer {
    let port = try Peer.freePort()
    return try Peer(
      "atelier", port: port,
      [
        Self.sibling("atelier-server"), "--data", "\(work)/\(port)", "--port", "\(port)", "--access", "open",
        "--public", folder, "--worker-port", "0", "--worker-port-file", "\(work)/\(port)-workers",
        "--free-mib", "0", "--log-level", "error",
      ])
  }

  /// nginx with one worker process and its usual settings, where it is installed.
  func startNginx() throws -> Peer? {
    guard
      let program = ["/usr/sbin/nginx", "/usr/bin/nginx"].first(where: FileManager.default.isExecutableFile)
    else { return nil }
    let port = try Peer.freePort()
    let text = """
      daemon off; worker_processes 1; pid \(work)/nginx.pid; error_log stderr crit;
      events { worker_connections 4096; }
      http {
        include /etc/nginx/mime.types; access_log off; sendfile on; tcp_nopush on;
        client_body_temp_path \(work)/body; proxy_temp_path \(work)/proxy; fastcgi_temp_path \(work)/fastcgi;
        uwsgi_temp_path \(work)/uwsgi; scgi_temp_path \(work)/scgi;
        server {
          listen 127.0.0.1:\(port); root \(folder);
          location = /healthz { default_type text/plain; return 200 "ok\\n"; }
        }
      }
      """
    // Its worker process must be able to read the page.
    let user = getuid() == 0 ? "user root; " : ""
    try (user + text).write(toFile: "\(work)/nginx.conf", atomically: true, encoding: .utf8)
    return try Peer("nginx", port: port, [program, "-c", "\(work)/nginx.conf"])
  }

  /// The server of Scripts/bench/hummingbird-peer.
  func startHummingbird(_ program: String) throws -> Peer {
    let port = try Peer.freePort()
    return try Peer("hummingbird", port: port, [program, "\(port)", folder])
  }

  /// Memory of each of `count` idle event sockets, and the time of a small GET beside them.
  func idle(_ count: Int) throws -> ServiceReport.Idle {
    let peer = try start()
    defer { peer.stop() }
    // Every user may have eight sockets. A first few make everything that is made once.
    let perUser = 8
    let first = try Person(port: peer.port)
    let sockets = try EventSockets()
    for _ in 0..<perUser { try sockets.add(try first.follow()) }
    let before = try peer.residentBytes()
    while sockets.count < count + perUser {
      let person = try Person(port: peer.port)
      for _ in 0..<perUser { try sockets.add(try person.follow()) }
      // The first ones are pinged before the last are open.
      try sockets.serve(milliseconds: 1)
    }
    try sockets.serve(milliseconds: 2000)
    let bytes = try peer.residentBytes() - before
    let generator = try LoadGenerator(port: peer.port, paths: ["/healthz"], connections: 8)
    let (latencies, _) = try generator.run(seconds: 5)
    return ServiceReport.Idle(
      sockets: count, bytesEach: Double(bytes) / Double(sockets.count - perUser),
      getP99: latencies.milliseconds(0.99))
  }

  /// How long a submission takes to be told to its owner, by a hundred users who submit in turn.
  func firstEvent() throws -> ServiceReport.FirstEvent {
    let peer = try start()
    defer { peer.stop() }
    try teachModels(peer)
    let people = try (0..<Self.users).map { _ in try Person(port: peer.port) }
    let sockets = try EventSockets()
    for person in people { try sockets.add(try person.follow()) }
    try sockets.serve(milliseconds: 500)
    var times: [UInt32] = []
    let start = nanosecondsNow()
    for number in 0..<400 {
      // A hundred a second.
      let due = start + UInt64(number) * 10_000_000
      let now = nanosecondsNow()
      if now < due { try sockets.serve(milliseconds: Int((due - now) / 1_000_000)) }
      let user = number % Self.users
      let sent = nanosecondsNow()
      try people[user].submit(#"{"prompt":"a red circle","seed":\#(number)}"#)
      var heard = false
      try sockets.serve(milliseconds: 5000) { index, message in
        let isOwn = index == user && message.firstRange(of: Array(#""type":"job""#.utf8)) != nil
        heard = heard || isOwn
        return isOwn
      }
      times.append(UInt32(clamping: (nanosecondsNow() - sent) / 1000))
      try people[user].submitted()
      guard heard else { throw BenchError.unexpected("no event came for a job that was taken") }
    }
    let latencies = Latencies(microseconds: times)
    return ServiceReport.FirstEvent(
      users: Self.users, submissions: times.count, p50: latencies.milliseconds(0.5),
      p99: latencies.milliseconds(0.99))
  }

  /// The server learns the demo model from a worker, which then leaves: jobs wait for it.
  private func teachModels(_ peer: Peer) throws { end(try startWorker(peer)) }

  /// Ends a worker and waits for its end.
  func end(_ worker: Process) {
    worker.terminate()
    worker.waitUntilExit()
  }

  /// A worker with the demo model, once the server knows it.
  func startWorker(_ peer: Peer) throws -> Process {
    let worker = Process()
    worker.executableURL = URL(filePath: Self.sibling("atelier-worker"))
    let port = try workerPort(peer)
    worker.arguments = [
      "--server", "127.0.0.1:\(port)", "--secret-file", "\(work)/\(peer.port)/secrets/worker.key",
      "--data", "\(work)/worker",
    ]
    worker.standardOutput = FileHandle.nullDevice
    worker.standardError = FileHandle.nullDevice
    try worker.run()
    let person = try Person(port: peer.port)
    for _ in 0..<600 {
      if try person.ask("GET /readyz HTTP/1.1\r\nHost: 127.0.0.1:\(peer.port)\r\n\r\n").status == 200 {
        return worker
      }
      usleep(100_000)
    }
    end(worker)
    throw BenchError.unexpected("no worker became ready")
  }

  /// Where workers connect, once the server says so.
  private func workerPort(_ peer: Peer) throws -> UInt16 {
    for _ in 0..<600 {
      let text = try? String(contentsOfFile: "\(work)/\(peer.port)-workers", encoding: .utf8)
      if let port = text.flatMap({ UInt16($0.filter(\.isNumber)) }) { return port }
      usleep(100_000)
    }
    throw BenchError.unexpected("the server does not say where workers connect")
  }

  private static func sibling(_ name: String) -> String {
    let own = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    return own.deletingLastPathComponent().appending(path: name).path
  }
}
