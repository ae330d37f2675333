import HTTP
import JobQueue
import HTTPTypes

/// `GET /metrics`: numbers without content, in Prometheus' text format.
struct GetMetrics: Endpoint {
  private let services: Services

  init(_ services: Services) { self.services = services }

  func respond(_ request: Request, _ context: AppContext) async throws -> Response {
    let overview = try await services.store.overview(workers: services.connectedWorkers)
    let statuses = services.capabilities.statuses
    var gauges: [(String, String, Int)] = [
      ("atelier_jobs_waiting", "", overview.waiting), ("atelier_jobs_running", "", overview.running),
      ("atelier_event_sockets", "", services.hub.clientCount),
    ]
    for state in WorkerStatus.State.allCases {
      let count = statuses.count { $0.state == state }
      gauges.append(("atelier_workers", "{state=\"\(state.rawValue)\"}", count))
    }
    let text = services.metrics.text(gauges: gauges)
    return Response(
      .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"], body: .bytes(Array(text.utf8))
    )
  }
}
