import Generation
import HTTPTypes
import JobQueue
import Sockets
import Testing

@testable import Server

@Suite struct JobRouteTests {
  private let token = SessionCookie.newToken()
  private let key = HTTPField.Name("Idempotency-Key")

  @Test func `a job is made, listed, read and cancelled`() async throws {
    let service = try TestService()
    defer { service.remove() }
    let made = try await service.post("/api/jobs", #"{"prompt":"a red circle"}"#, cookie: token)
    #expect(made.status == 201)
    let id = try #require(made.json["id"] as? String)
    #expect(made.headers[.location] == "/api/jobs/\(id)")
    #expect(made.json["state"] as? String == "queued")
    #expect(made.json["position"] as? Int == 0)
    #expect(made.json["attempt"] as? Int == 0)
    #expect(made.json["images"] as? [String] == [])
    for name in ["progress", "error", "started_at", "finished_at", "estimated_start_seconds"] {
      #expect(made.json.keys.contains(name))
    }
    #expect((made.json["created_at"] as? String)?.hasSuffix("Z") == true)
    let request = try #require(made.json["request"] as? [String: Any])
    #expect(request["sampler"] as? String == "Euler")
    #expect((0...4_294_967_293).contains(try #require(request["seed"] as? Int)))

    #expect(try await service.send(.get, "/api/jobs/\(id)", cookie: token).json["id"] as? String == id)
    #expect(try await service.send(.get, "/api/jobs", cookie: token).jobs.count == 1)
    let cancelled = try await service.send(.delete, "/api/jobs/\(id)", cookie: token)
    #expect(cancelled.status == 200)
    #expect(cancelled.json["state"] as? String == "cancelled")
    #expect(
      try await service.send(.delete, "/api/jobs/\(id)", cookie: token).json["state"] as? String
        == "cancelled")
  }

  @Test func `one key makes one job, also with a random seed`() async throws {
    let service = try TestService()
    defer { service.remove() }
    var headers = HTTPFields()
    headers[try #require(key)] = "click-1"
    let first = try await service.post("/api/jobs", #"{"prompt":"p"}"#, cookie: token, headers: headers)
    let again = try await service.post(
      "/api/jobs", #"{ "prompt": "\u0070" }"#, cookie: token, headers: headers)
    #expect(first.status == 201 && again.status == 200)
    #expect(first.json["id"] as? String == again.json["id"] as? String)
    let other = try await service.post("/api/jobs", #"{"prompt":"q"}"#, cookie: token, headers: headers)
    #expect(other.status == 409 && other.errorCode == "idempotency_conflict")
    let stranger = try await service.post(
      "/api/jobs", #"{"prompt":"p"}"#, cookie: SessionCookie.newToken(), headers: headers)
    #expect(stranger.status == 201)
    headers[try #require(key)] = String(repeating: "k", count: 129)
    #expect(
      try await service.post("/api/jobs", #"{"prompt":"p"}"#, cookie: token, headers: headers).status == 400)
  }

  @Test func `the list goes page by page, newest first`() async throws {
    let service = try TestService()
    defer { service.remove() }
    var ids: [String] = []
    for index in 0..<5 { ids.append(try await service.submit("p\(index)", cookie: token)) }
    let first = try await service.send(.get, "/api/jobs?limit=2", cookie: token).jobs
    #expect(first.compactMap { $0["id"] as? String } == [ids[4], ids[3]])
    let second = try await service.send(.get, "/api/jobs?limit=9&before=\(ids[3])", cookie: token).jobs
    #expect(second.compactMap { $0["id"] as? String } == [ids[2], ids[1], ids[0]])
    #expect(second.compactMap { $0["position"] as? Int } == [2, 1, 0])
    _ = try await service.send(.delete, "/api/jobs/\(ids[0])", cookie: token)
    let open = try await service.send(.get, "/api/jobs?state=cancelled,finished", cookie: token).jobs
    #expect(open.compactMap { $0["id"] as? String } == [ids[0]])
  }

  @Test(arguments: ["limit=0", "limit=201", "limit=x", "limit=", "state=done", "before=../x"])
  func `a query out of range is 422 and names its field`(_ query: String) async throws {
    let service = try TestService()
    defer { service.remove() }
    let reply = try await service.send(.get, "/api/jobs?\(query)", cookie: token)
    #expect(reply.status == 422)
    #expect(reply.errorField == query.split(separator: "=").first.map(String.init))
  }

  @Test func `quotas answer 429 and 503 with Retry-After`() async throws {
    let service = try TestService()
    defer { service.remove() }
    for index in 0..<20 { _ = try await service.submit("p\(index)", cookie: token) }
    let refused = try await service.post("/api/jobs", #"{"prompt":"p"}"#, cookie: token)
    #expect(
      refused.status == 429 && refused.errorCode == "too_many_jobs" && refused.headers[.retryAfter] != nil)
    #expect(
      try await service.post("/api/jobs", #"{"prompt":"p"}"#, cookie: SessionCookie.newToken()).status == 201)
  }

  @Test func `a full disk refuses new jobs and says so`() async throws {
    let service = try TestService(configure: { $0.limits.freeSpaceFloor = Int.max })
    defer { service.remove() }
    let reply = try await service.post("/api/jobs", #"{"prompt":"p"}"#, cookie: token)
    #expect(reply.status == 507 && reply.errorCode == "disk_full")
  }

  @Test func `without any worker ever there is no model to use`() async throws {
    let service = try TestService(workers: [])
    defer { service.remove() }
    let reply = try await service.post("/api/jobs", #"{"prompt":"p"}"#, cookie: token)
    #expect(reply.status == 503 && reply.errorCode == "no_worker" && reply.headers[.retryAfter] == "5")
    #expect(try await service.send(.get, "/readyz").status == 503)
    #expect(try await service.send(.get, "/healthz").status == 200)
    service.services.capabilities.connected(WorkerID("w"), SampleCapabilities.worker())
    #expect(try await service.send(.get, "/readyz").status == 200)
    service.services.capabilities.disconnected(WorkerID("w"))
    #expect(try await service.send(.get, "/readyz").status == 503)
    #expect(try await service.post("/api/jobs", #"{"prompt":"p"}"#, cookie: token).status == 201)
  }

  @Test func `strangers are slowed down after a burst`() {
    let limiter = RateLimiter<UserID>(burst: 3, perMinute: 60)
    let user = UserID("u")
    let start = MonotonicInstant.now
    #expect((0..<3).map { _ in limiter.take(user, at: start) } == [nil, nil, nil])
    #expect(limiter.take(user, at: start) == 1)
    #expect(limiter.take(UserID("v"), at: start) == nil)
    #expect(limiter.take(user, at: start + .seconds(1)) == nil)
    #expect(limiter.take(user, at: start + .seconds(1)) == 1)
  }

  @Test func `a limit keeps nobody who came once`() {
    let limiter = RateLimiter<Int>(burst: 20, perMinute: 10)
    let start = MonotonicInstant.now
    // One each second, whose bucket is full again after six.
    for number in 0..<2000 { #expect(limiter.take(number, at: start + .seconds(number)) == nil) }
    #expect(limiter.count < 300)
  }

  @Test func `metrics count without content`() async throws {
    let service = try TestService()
    defer { service.remove() }
    _ = try await service.submit("a secret prompt", cookie: token)
    _ = try await service.post("/api/jobs", #"{"prompt":"p","steps":0}"#, cookie: token)
    let text = try await service.send(.get, "/metrics").text
    for line in [
      "atelier_jobs_waiting 1", "atelier_jobs_submitted_total 1",
      #"atelier_refusals_total{code="out_of_range"} 1"#,
      #"atelier_workers{state="ready"} 1"#, #"atelier_http_responses_total{code="201"} 1"#,
    ] {
      #expect(text.contains(line + "\n"), "\(line) in \(text)")
    }
    #expect(!text.contains("secret"))
  }
}
