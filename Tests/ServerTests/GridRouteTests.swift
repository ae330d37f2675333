import Foundation
import Generation
import HTTPTypes
import JobQueue
import Testing

@testable import Server

/// `POST`, `GET` and `DELETE /api/grids`.
@Suite struct GridRouteTests {
  private struct Grid: Decodable {
    struct Axis: Decodable {
      var axis: String
      var field: String?
      var labels: [String]
    }
    struct Cell: Decodable {
      struct Job: Decodable {
        struct Request: Decodable {
          var steps: Int
          var seed: Int64
          var sampler: String
        }
        var id: String
        var state: String
        var request: Request
        var grid_id: String?
      }
      var x: Int, y: Int, z: Int
      var job: Job
    }
    var id: String
    var x: Axis?, y: Axis?, z: Axis?
    var total: Int, done: Int, open: Int
    var cells: [Cell]
  }

  private static let body = #"""
    {"prompt": "a cat", "x": {"axis": "Steps", "values": "2-4"}, "y": {"axis": "sampler", "values": "Euler, DDIM"}}
    """#

  private static func grid(_ reply: Reply) throws -> Grid {
    try JSONDecoder().decode(Grid.self, from: Data(reply.text.utf8))
  }

  @Test func `a grid becomes jobs that differ by its axes alone`() async throws {
    let service = try TestService(access: .single)
    defer { service.remove() }
    let reply = try await service.send(.post, "/api/grids", body: Array(Self.body.utf8))
    #expect(reply.status == 201, "\(reply.text)")
    let grid = try Self.grid(reply)
    #expect(grid.x?.field == "steps" && grid.y?.field == "sampler")
    #expect(grid.x?.axis == "Steps" && grid.x?.labels == ["2", "3", "4"])
    #expect(grid.y?.axis == "Sampler" && grid.y?.labels == ["Euler", "DDIM"])
    #expect(grid.z == nil && grid.total == 6 && grid.done == 0 && grid.open == 6)
    #expect(grid.cells.map { [$0.x, $0.y, $0.z] }.first == [0, 0, 0])
    for cell in grid.cells {
      #expect(cell.job.request.steps == cell.x + 2)
      #expect(cell.job.request.sampler == ["Euler", "DDIM"][cell.y])
      #expect(cell.job.request.seed == grid.cells[0].job.request.seed)
      #expect(cell.job.grid_id == grid.id)
    }
    let again = try await service.send(.get, "/api/grids/\(grid.id)")
    #expect(try Self.grid(again).cells.map(\.job.id) == grid.cells.map(\.job.id))
    #expect(try await service.send(.get, "/api/grids").text.contains(grid.id))
    let jobs = try await service.send(.get, "/api/jobs")
    #expect(jobs.text.contains(grid.id))
  }

  @Test func `cancelling a grid ends its jobs; another user's grid is not there`() async throws {
    let service = try TestService(access: .open)
    defer { service.remove() }
    let (cookie, stranger) = (SessionCookie.newToken(), SessionCookie.newToken())
    let grid = try Self.grid(try await service.post("/api/grids", Self.body, cookie: cookie))
    _ = try await service.submit("a dog", cookie: stranger)
    for method in [.get, .delete] as [HTTPRequest.Method] {
      #expect(try await service.send(method, "/api/grids/\(grid.id)", cookie: stranger).status == 404)
    }
    let over = try await service.send(.delete, "/api/grids/\(grid.id)", cookie: cookie)
    #expect(try Self.grid(over).cells.allSatisfy { $0.job.state == "cancelled" })
  }

  @Test(
    "What is wrong with a grid is said before anything is queued",
    arguments: [
      (#"{"prompt": "a"}"#, "no_axis"),
      (#"{"prompt": "a", "x": 3}"#, "wrong_type"),
      (#"{"prompt": "a", "x": {"axis": "Steps"}}"#, "missing_field"),
      (#"{"prompt": "a", "x": {"axis": "Stepz", "values": "1"}}"#, "unknown_axis"),
      (#"{"prompt": "a", "x": {"axis": "Steps", "values": "1", "w": 1}}"#, "unknown_field"),
      (#"{"prompt": "a", "x": {"axis": "Steps", "values": "20, 1000"}}"#, "out_of_range"),
      (#"{"prompt": "a", "x": {"axis": "Sampler", "values": "Euler, Eulerr"}}"#, "unknown_sampler"),
      (
        #"{"prompt": "a", "x": {"axis": "Seed", "values": "1-60"}, "y": {"axis": "Steps", "values": "1,2"}}"#,
        "too_many_cells"
      ),
      (#"{"prompt": "a", "stepz": 3, "x": {"axis": "Steps", "values": "1"}}"#, "unknown_field"),
    ])
  func wrong(body: String, code: String) async throws {
    let service = try TestService(access: .single)
    defer { service.remove() }
    let reply = try await service.send(.post, "/api/grids", body: Array(body.utf8))
    #expect(reply.status == 422 && reply.errorCode == code, "\(reply.text)")
    #expect(try await service.send(.get, "/api/jobs").text.contains(#""jobs":[]"#))
  }
}
