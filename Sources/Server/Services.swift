import Generation
import HTTP
import JobQueue
import Logging
import Sockets

/// What endpoints work with; made once by the composition root.
struct Services: Sendable {
  let configuration: ServerConfiguration
  let store: any JobStore
  let images: any ImageStore
  let uploads: any ImageStore
  let capabilities: CapabilitiesRegistry
  let hub: EventHub
  let authenticator: any Authenticator
  let metrics: ServerMetrics
  let submissions: RateLimiter<UserID>
  let newcomers: RateLimiter<SocketAddress>
  let accounts: AccountServices
  /// Who hands out jobs, for admins.
  let dispatcher: Dispatcher
  let resolver: RequestResolver
  /// Opens files, so that a slow disk stops no event loop.
  let files: ThreadExecutor
  let logger: Logger
  /// What is wrong with the database, of which is only read then.
  var damage: String?
  let startedAt = ContinuousClock.now

  /// Whether the user may keep more pictures; the one user of a server may fill the disk to its floor.
  func hasRoom(_ user: UserID) async throws -> Bool {
    if configuration.access == .single { return true }
    return try await store.storedBytes(owner: user) < configuration.limits.bytesPerUser
  }

  /// Refuses an address that brings new users too fast, where anybody may be one: without its cookie a browser is
  /// somebody new, so no quota of users bounds what one sender stores.
  ///
  /// - Throws: 429 `too_fast`, `JobQueueError`.
  func welcome(_ caller: Caller) async throws {
    guard configuration.access == .open, caller.account == nil, let user = caller.user,
      try await !store.isKnown(user)
    else { return }
    if let seconds = newcomers.take(caller.visit.address) {
      throw APIError.tooFast("too many new users from your address", retryAfter: seconds)
    }
  }

  /// Workers that are connected, for estimates.
  var queueWorkers: [QueueWorker] { capabilities.connectedWorkers }

  /// Jobs as their owner sees them: places from the queue, progress from the workers' last words.
  func documents(_ records: [JobRecord]) async throws -> [JobDocument] {
    var places: [JobID: QueueOverview.Place] = [:]
    if records.contains(where: { $0.state == .queued }) {
      for place in try await store.overview(workers: queueWorkers).places { places[place.id] = place }
    }
    return records.map { record in
      let place = record.state == .queued ? places[record.id] : nil
      return JobDocument(
        record: record, position: place?.position, estimatedStartSeconds: place?.estimatedStartSeconds,
        progress: record.state == .running ? hub.progress(of: record.id) : nil)
    }
  }

  /// A grid as its owner sees it.
  func document(_ record: GridRecord) async throws -> GridDocument {
    try GridDocument(record, jobs: try await documents(record.jobs))
  }

  /// One job as its owner sees it.
  func document(_ record: JobRecord) async throws -> JobDocument {
    let place =
      record.state == .queued
      ? try await store.overview(workers: queueWorkers).places.first { $0.id == record.id } : nil
    return JobDocument(
      record: record, position: place?.position, estimatedStartSeconds: place?.estimatedStartSeconds,
      progress: record.state == .running ? hub.progress(of: record.id) : nil)
  }
}
