import Foundation
import Generation
import HTTPTypes
import JobQueue
import Testing

@testable import Server

@Suite struct IsolationTests {
  @Test func `fifty users: each picture reaches its owner, and nobody else gets anything of it`() async throws
  {
    let service = try TestService()
    defer { service.remove() }
    let tokens = (0..<50).map { _ in SessionCookie.newToken() }
    let ids = try await withThrowingTaskGroup(of: (Int, [String]).self) { group in
      for (index, token) in tokens.enumerated() {
        group.addTask {
          var ids: [String] = []
          for turn in 0..<2 {
            ids.append(
              try await service.submit("user \(index) turn \(turn)", cookie: token, seed: index * 10 + turn))
          }
          return (index, ids)
        }
      }
      // Four workers at once, in whatever order they get the jobs.
      for worker in 0..<4 {
        group.addTask {
          var done = 0
          while done < 25 { if try await service.workOnce(worker: "w\(worker)") != nil { done += 1 } }
          return (-1, [])
        }
      }
      return try await group.reduce(into: [Int: [String]]()) { if $1.0 >= 0 { $0[$1.0] = $1.1 } }
    }
    for (index, token) in tokens.enumerated() {
      let neighbour = tokens[(index + 1) % 50]
      for (turn, id) in (ids[index] ?? []).enumerated() {
        let job = try await service.send(.get, "/api/jobs/\(id)", cookie: token)
        let url = try #require(job.images.first?["url"] as? String)
        let picture = try await service.send(.get, url, cookie: token).text
        let owner = SessionCookie.user(of: token)
        #expect(picture == "picture 0 of \(owner) for user \(index) turn \(turn) with \(index * 10 + turn)")
        for path in ["/api/jobs/\(id)", url, url + "/thumbnail"] {
          #expect(try await service.send(.get, path, cookie: neighbour).status == 404)
          #expect(try await service.send(.get, path).status == 401)
        }
        #expect(try await service.send(.delete, url, cookie: neighbour).status == 404)
        #expect(try await service.send(.delete, "/api/jobs/\(id)", cookie: neighbour).status == 404)
      }
      #expect(try await service.send(.get, "/api/jobs", cookie: token).jobs.count == 2)
    }
    // Every id with every other cookie, straight through the route.
    let images = try await allImages(service, tokens)
    for (owner, image) in images {
      for (index, token) in tokens.enumerated() where index != owner {
        #expect(try await service.send(.get, "/api/images/\(image)", cookie: token).status == 404)
      }
    }
  }

  private func allImages(_ service: TestService, _ tokens: [String]) async throws -> [(Int, String)] {
    var images: [(Int, String)] = []
    for (index, token) in tokens.enumerated() {
      for job in try await service.send(.get, "/api/jobs", cookie: token).jobs {
        for image in job["images"] as? [[String: Any]] ?? [] {
          images.append((index, try #require(image["id"] as? String)))
        }
      }
    }
    #expect(images.count == 100)
    return images
  }

  @Test func `a restart keeps jobs in every state, and their events`() async throws {
    let token = SessionCookie.newToken()
    let user = SessionCookie.user(of: token)
    let (folder, ids, last) = try await firstLife(token, user)
    let second = try TestService(folder: folder)
    defer { second.remove() }
    var states: [String: String] = [:]
    for (name, id) in ids {
      states[name] = try await second.send(.get, "/api/jobs/\(id)", cookie: token).json["state"] as? String
    }
    for name in ["finished", "failed", "cancelled", "queued"] { #expect(states[name] == name) }
    #expect(["assigned", "running", "queued"].contains(states["running"]))
    #expect(try await second.store.lastSequence(owner: user) >= last)
    let job = try await second.send(.get, "/api/jobs/\(ids["finished"] ?? "")", cookie: token)
    let url = try #require(job.images.first?["url"] as? String)
    #expect(try await second.send(.get, url, cookie: token).status == 200)
    #expect(try await second.send(.get, "/api/jobs", cookie: token).jobs.count == 5)
  }

  /// A job in each state, then a stop; everything of the server is gone when this returns.
  private func firstLife(
    _ token: String, _ user: UserID
  ) async throws -> (folder: String, ids: [String: String], last: Int64) {
    let service = try TestService()
    var ids: [String: String] = [:]
    ids["finished"] = try await service.submit("finished", cookie: token)
    try await service.workOnce()
    ids["failed"] = try await service.submit("failed", cookie: token)
    let lease = try #require(try await service.workOnce(finish: false))
    _ = try await service.store.fail(
      lease.attempt, UserError(code: "oom", message: "no memory"), retryable: false)
    let cancelled = try await service.submit("cancelled", cookie: token)
    ids["cancelled"] = cancelled
    _ = try await service.send(.delete, "/api/jobs/\(cancelled)", cookie: token)
    ids["running"] = try await service.submit("running", cookie: token)
    try await service.workOnce(finish: false)
    ids["queued"] = try await service.submit("queued", cookie: token)
    let last = try await service.store.lastSequence(owner: user)
    try service.stop()
    return (service.folder, ids, last)
  }
}
