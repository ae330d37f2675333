import HTTP
import HTTPTypes
import Logging
import Sockets

/// An HTTP client that sends exactly the bytes it is given.
struct TestClient {
  struct Answer {
    var status = 0
    var headers: [String: String] = [:]
    var body: [UInt8] = []
    var text: String { String(decoding: body, as: UTF8.self) }
  }

  private final class Buffer: @unchecked Sendable {  // Used by one test task.
    var bytes: [UInt8] = []
  }

  let connection: Connection
  private let buffer = Buffer()

  init(_ address: SocketAddress, loop: EventLoop) async throws {
    connection = try await Connection.connect(
      to: address, on: loop, deadline: MonotonicInstant.now + .seconds(60))
  }

  func send(_ text: String) async throws { try await connection.write(Array(text.utf8)) }
  func send(_ bytes: [UInt8]) async throws { try await connection.write(bytes) }

  /// Reads exactly `count` bytes; fewer at the end of the stream.
  func take(_ count: Int) async throws -> [UInt8] {
    while buffer.bytes.count < count, try await more() {}
    let taken = Array(buffer.bytes.prefix(count))
    buffer.bytes.removeFirst(taken.count)
    return taken
  }

  /// Reads one response; `hasBody` is false for answers to HEAD.
  func response(hasBody: Bool = true) async throws -> Answer {
    var answer = Answer()
    let status = try await line()
    let parts = status.split(separator: " ")
    guard parts.count > 1 else { return answer }
    answer.status = Int(parts[1]) ?? 0
    while case let text = try await line(), !text.isEmpty {
      let pair = text.split(separator: ":", maxSplits: 1)
      answer.headers[pair[0].lowercased()] = pair.count > 1 ? String(pair[1].drop { $0 == " " }) : ""
    }
    guard hasBody else { return answer }
    if answer.headers["transfer-encoding"] == "chunked" {
      while case let size = Int(try await line(), radix: 16) ?? 0, size > 0 {
        answer.body += try await take(size)
        _ = try await line()
      }
      _ = try await line()
    } else {
      answer.body = try await take(Int(answer.headers["content-length"] ?? "0") ?? 0)
    }
    return answer
  }

  /// Whether the server has closed, or closes within a minute, without sending more.
  func isClosed() async throws -> Bool { try await take(1).isEmpty }

  private func line() async throws -> String {
    while true {
      if let end = buffer.bytes.firstIndex(of: 0x0A) {
        let line = buffer.bytes[..<end].filter { $0 != 0x0D }
        buffer.bytes.removeFirst(end + 1)
        return String(decoding: line, as: UTF8.self)
      }
      if try await !more() { return "" }
    }
  }

  private func more() async throws -> Bool {
    let bytes = try await connection.read(until: MonotonicInstant.now + .seconds(60))
    buffer.bytes += bytes
    return !bytes.isEmpty
  }
}

/// A running server for one test.
struct TestServer {
  let server: HTTPServer
  let loop: EventLoop

  /// Runs a server over `body`, then shuts it down and waits for its end.
  static func run(
    _ router: Router<TestAudience, Int>, limits: HTTPLimits = .patient, loops: Int = 1,
    _ body: @Sendable @escaping (TestServer) async throws -> Void
  ) async throws {
    let group = try (0..<loops).map { _ in try EventLoop() }
    let server = try await HTTPServer.bind(
      to: .loopback(port: 0), loops: group, responder: router, limits: limits,
      files: try ThreadExecutor(name: "files"),
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    let test = TestServer(server: server, loop: group[0])
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask { try await server.run() }
      let result: Result<Void, any Error>
      do { result = .success(try await body(test)) } catch { result = .failure(error) }
      server.shutdown()
      try await tasks.next()
      try result.get()
    }
  }

  func client() async throws -> TestClient { try await TestClient(server.address, loop: loop) }

  static func get(_ path: String, _ headers: String = "") -> String {
    "GET \(path) HTTP/1.1\r\nHost: localhost\r\n\(headers)\r\n"
  }
}

enum TestAudience: Sendable { case anyone }

extension Router where Audience == TestAudience, Identity == Int {
  static func open() -> Router { Router(policy: .init(authorize: { _, _ in 1 })) }
}

extension HTTPLimits {
  /// The limits, with deadlines that a loaded machine cannot miss; a test shortens the one it is about.
  static var patient: HTTPLimits {
    var limits = HTTPLimits()
    limits.headerDeadline = .seconds(240)
    limits.bodyIdle = .seconds(240)
    limits.keepAlive = .seconds(240)
    limits.writeProgress = .seconds(240)
    limits.webSocket.closeTimeout = .seconds(20)
    return limits
  }
}
