import Generation
import HTTP
import JobQueue
import HTTPTypes

/// `GET /metrics`: numbers without content, in Prometheus' text format.
struct GetMetrics: Endpoint {
  private let services: Services

  init(_ services: Services) { self.services = services }

  func respond(_ request: Request, _ context: AppContext) async throws -> Response {
    let overview = try await services.store.overview(workers: services.queueWorkers)
    let gauges: [(series: String, value: Double)] = [
      ("atelier_build_info{version=\"\(Version.current)\"}", 1),
      ("atelier_jobs_waiting", Double(overview.waiting)), ("atelier_jobs_running", Double(overview.running)),
      ("atelier_event_sockets", Double(services.hub.clientCount)),
      ("atelier_disk_free_bytes", Double(try await services.images.freeBytes())),
    ]
    let text = services.metrics.text(gauges: gauges + WorkerGauges.series(services.capabilities.health))
    return Response(
      .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"], body: .bytes(Array(text.utf8))
    )
  }
}
