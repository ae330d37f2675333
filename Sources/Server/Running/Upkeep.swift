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

  /// One round; a failure is logged, and the next round tries again.
  func tidy() async {
    let (store, logger) = (services.store, services.logger)
    do {
      try await store.purge()
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
