import Generation
import JobQueue
import Logging
import WorkerProtocol

/// What the worker side of the server works with.
struct WorkerParts: Sendable {
  let store: any JobStore
  let images: any ImageStore
  let capabilities: CapabilitiesRegistry
  /// Tells the owner, looked up in the job's row, how far the job is; empty bytes when there is no preview.
  let report: @Sendable (GenerationProgress, [UInt8], JobID, UserID) -> Void
  let clock: any QueueClock
  let options: WorkerLinkOptions
  let logger: Logger
  /// Where uploaded pictures are, which jobs may start from.
  var uploads: (any ImageStore)?
  /// Hears what a finished attempt took.
  var measured: @Sendable (GenerationSummary) -> Void = { _ in }
  /// Hears how long a worker whose device was free waited for the next job, where there was one.
  var waited: @Sendable (Duration) -> Void = { _ in }
  /// Room to give up when the disk is full.
  var reserve: DiskReserve?

  init(
    store: any JobStore, images: any ImageStore, capabilities: CapabilitiesRegistry, logger: Logger,
    clock: any QueueClock = SystemQueueClock(), options: WorkerLinkOptions = WorkerLinkOptions(),
    report: @escaping @Sendable (GenerationProgress, [UInt8], JobID, UserID) -> Void
  ) {
    self.store = store
    self.images = images
    self.capabilities = capabilities
    self.logger = logger
    self.clock = clock
    self.options = options
    self.report = report
  }
}
