import Foundation
import HTTPTypes
import Sockets
import Synchronization
import Testing

@testable import HTTP

/// Requests that are answered within the loop's event, beside those that need a task.
@Suite(.timeLimit(.minutes(5))) struct AnswerAtOnceTests {
  private static let page = [UInt8](repeating: UInt8(ascii: "x"), count: 3_000_000)

  /// A router with quick routes, a slow one and files.
  private func router(isReady: @escaping @Sendable () -> Bool = { true }) throws
    -> Router<TestAudience, Int>
  {
    let folder = FileManager.default.temporaryDirectory.appending(path: "at-once-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data(Self.page).write(to: folder.appending(path: "large.bin"))
    try Data("page".utf8).write(to: folder.appending(path: "index.html"))
    var router = Router<TestAudience, Int>(
      policy: .init(
        screen: { head in if head.host == "evil" { throw HTTPError(.misdirectedRequest, "bad_host", "no") } },
        authorize: { _, _ in 1 }, admits: { _ in { $0.target.segments.first != "private" } },
        decorate: { response, _ in response.headers[.server] = "test" }))
    router.on(
      .get, "/quick", audience: .anyone, quick: { _ in isReady() ? .text("quick") : nil }
    ) { _, _ in .text("slow") }
    router.on(
      .get, "/private/quick", audience: .anyone, quick: { _ in .text("quick") }
    ) { _, _ in .text("asked") }
    router.on(.get, "/task", audience: .anyone) { _, _ in .text("task") }
    router.files(try StaticFiles(folder: folder.path), audience: .anyone)
    return router
  }

  private static let cases: [(HTTPRequest.Method, String, String, Bool)] = [
    (.get, "/quick", "a", true), (.head, "/quick", "a", true), (.get, "/", "a", true),
    (.get, "/large.bin", "a", true), (.post, "/quick", "a", false), (.options, "/quick", "a", false),
    (.get, "/quick", "evil", false), (.get, "/", "evil", false), (.get, "/nothing", "a", false),
    (.get, "/task", "a", false), (.get, "/private/quick", "a", false), (.get, "/private/x", "a", false),
  ]

  @Test(arguments: cases)
  func `what is answered at once is what would be answered anyway`(
    method: HTTPRequest.Method, path: String, host: String, isAtOnce: Bool
  ) async throws {
    let router = try router()
    let head = try RequestHead(method, path, host: host)
    let answer = router.answersAtOnce(head)
    #expect((answer != nil) == isAtOnce)
    guard let answer else { return }
    let other = await router.respond(to: Request(head))
    #expect(answer.status == other.status && answer.headers == other.headers)
    if path != "/quick", case .bytes(let one) = answer.body, case .bytes(let two) = other.body {
      #expect(one == two)
    }
  }

  @Test func `a request with a body is never answered at once`() throws {
    let head = try RequestHead(.get, "/quick", framing: .length(3))
    #expect(try router().answersAtOnce(head) == nil)
  }

  @Test func `pipelined requests of both kinds are answered in order, whole or byte by byte`() async throws {
    let turn = Atomic<Int>(0)
    // Every third time the quick answer is not ready.
    let router = try router(isReady: { turn.wrappingAdd(1, ordering: .relaxed).newValue % 3 != 0 })
    try await TestServer.run(router) { test in
      let paths = (0..<60).map { ["/quick", "/task", "/", "/quick"][$0 % 4] }
      let text = paths.map { TestServer.get($0) }.joined()
      for isWhole in [true, false] {
        let client = try await test.client()
        if isWhole {
          try await client.send(text)
        } else {
          for byte in text.utf8 { try await client.send([byte]) }
        }
        for path in paths {
          let answer = try await client.response()
          switch path {
          case "/quick": #expect(["quick", "slow"].contains(answer.text))
          case "/task": #expect(answer.text == "task")
          default: #expect(answer.text == "page")
          }
        }
      }
    }
  }

  @Test func `a client that reads late gets all of an answer, and the next`() async throws {
    try await TestServer.run(try router()) { test in
      let client = try await test.client()
      // The first answer is given by the task, which then waits: the others come within events.
      try await client.send(TestServer.get("/quick"))
      #expect(try await client.response().status == 200)
      try await client.send(TestServer.get("/large.bin") + TestServer.get("/quick"))
      try await Task.sleep(for: .milliseconds(50))
      #expect(try await client.response().body == Self.page)
      #expect(try await client.response().text == "quick")
    }
  }

  @Test func `answers at once count, close and time out as others do`() async throws {
    var limits = HTTPLimits.patient
    limits.requestsPerConnection = 3
    try await TestServer.run(try router(), limits: limits) { test in
      let counted = try await test.client()
      for number in 1...3 {
        try await counted.send(TestServer.get("/quick"))
        #expect(try await counted.response().headers["connection"] == (number == 3 ? "close" : nil))
      }
      #expect(try await counted.isClosed())
      let closing = try await test.client()
      for header in ["", "Connection: close\r\n"] {
        try await closing.send(TestServer.get("/quick", header))
        #expect(try await closing.response().headers["connection"] == (header.isEmpty ? nil : "close"))
      }
      #expect(try await closing.isClosed())
    }
    limits.keepAlive = .milliseconds(200)
    try await TestServer.run(try router(), limits: limits) { test in
      let idle = try await test.client()
      try await idle.send(TestServer.get("/quick") + TestServer.get("/quick"))
      for _ in 0..<2 { #expect(try await idle.response().status == 200) }
      #expect(try await idle.isClosed())
    }
  }

  @Test func `a broken rule after answers at once is refused`() async throws {
    try await TestServer.run(try router()) { test in
      let client = try await test.client()
      for _ in 0..<2 {
        try await client.send(TestServer.get("/quick"))
        #expect(try await client.response().status == 200)
      }
      try await client.send(TestServer.get("/quick") + "GET /quick HTTP/1.1\nHost: a\r\n\r\n")
      #expect(try await client.response().text == "quick")
      let refusal = try await client.response()
      #expect(refusal.status == 400)
      #expect(refusal.headers["connection"] == "close")
      #expect(try await client.isClosed())
    }
  }
}
