import JobQueue
import Logging
import ServiceLifecycle

/// Tidies up once an hour: old keys, sessions and events, and files no row names any more.
struct Upkeep: Service {
  /// Files younger than this may belong to a row that is about to be written.
  static let orphanAge = Duration.seconds(3600)

  let services: Services
  let interval: Duration

  func run() async {
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        await tidy()
        // Cancelled when the server stops: the loop's condition sees it.
        try? await Task.sleep(for: interval)
      }
    }
  }

  /// Forgets, part by part, what users need not be kept any longer.
  private func retire() async throws {
    let policy = services.configuration.retention
    if policy.keepsEverything { return }
    var total = RetiredCount()
    while true {
      let part = try await services.store.retire(policy)
      if part.isEmpty { break }
      total = total + part
    }
    if total.isEmpty { return }
    for (kind, count) in [("image", total.images), ("upload", total.uploads), ("job", total.jobs)] {
      services.metrics.count("atelier_retired_total{kind=\"\(kind)\"}", by: count)
    }
    services.logger.info(
      "forgot what need not be kept any longer",
      metadata: ["images": "\(total.images)", "uploads": "\(total.uploads)", "jobs": "\(total.jobs)"])
  }

  /// One round; a failure is logged, and the next round tries again.
  func tidy() async {
    let (store, logger) = (services.store, services.logger)
    do {
      try await store.purge()
      try await retire()
      for files in [services.images, services.uploads] {
        let count = try await files.sweep(olderThan: Self.orphanAge) { try await store.known($0) }
        if count > 0 { logger.info("removed orphaned picture files", metadata: ["files": "\(count)"]) }
      }
    } catch is CancellationError {
    } catch {
      logger.error("upkeep failed", metadata: ["error": "\(error)"])
    }
  }
}
