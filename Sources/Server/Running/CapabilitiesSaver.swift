import Logging
import Sockets

/// Saves what workers offer whenever it changes.
struct CapabilitiesSaver: Sendable {
  private let file: CapabilitiesFile
  private let thread: ThreadExecutor
  private let logger: Logger
  private let changes: AsyncStream<Void>
  private let change: AsyncStream<Void>.Continuation

  init(file: CapabilitiesFile, thread: ThreadExecutor, logger: Logger) {
    self.file = file
    self.thread = thread
    self.logger = logger
    (changes, change) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  /// What was saved by an earlier run.
  func load() -> [RememberedWorker] { file.load() }

  /// Something changed; many changes in a row are saved once.
  func noteChange() { change.yield() }

  /// Saves after each change until the task is cancelled.
  func run(_ workers: @Sendable () -> [RememberedWorker]) async throws {
    var saved: [RememberedWorker] = []
    for await _ in changes {
      let newest = workers()
      if newest == saved { continue }
      do {
        let file = file
        try await thread.run { try file.save(newest) }
        saved = newest
      } catch {
        logger.warning("cannot remember what workers offer", metadata: ["error": "\(error)"])
      }
    }
  }
}
