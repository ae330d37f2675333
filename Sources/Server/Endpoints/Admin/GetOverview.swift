import Generation
import HTTP
import JobQueue

/// `GET /api/admin/overview`: workers, queue, disk.
struct GetOverview: Endpoint {
  private let services: Services

  init(_ services: Services) { self.services = services }

  func respond(_ request: Request, _ context: AppContext) async throws -> Response {
    let queue = try await services.store.overview(workers: services.queueWorkers)
    let running = try await services.store.openJobs(.running)
    let totals = try await services.store.totals()
    let disk = OverviewDocument.Disk(
      freeBytes: try await services.images.freeBytes(), imagesBytes: totals.imageBytes,
      databaseBytes: Int(ProcessGauges.databaseBytes(services.configuration.dataFolder)),
      freeFloorBytes: services.configuration.limits.freeSpaceFloor)
    return try .document(
      OverviewDocument(
        version: Version.current, uptimeSeconds: (ContinuousClock.now - services.startedAt) / .seconds(1),
        queue: .init(waiting: queue.waiting, running: queue.running), disk: disk,
        sockets: services.hub.clientCount, users: totals.users,
        workers: services.capabilities.health.map { WorkerDocument($0, running) }))
  }
}
