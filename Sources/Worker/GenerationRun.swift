import FoundationEssentials
import Generation
import PNG
import StableDiffusion
import WorkerProtocol

/// One request from loading its model to its last picture, with what it reports on the way.
struct GenerationRun {
  let request: GenerationRequest
  let model: LibraryModel
  let report: @Sendable (RunEvent) -> Void
  private var clock: ProgressClock
  private var summary: GenerationSummary
  private var done = 0
  private var lastPreview: ContinuousClock.Instant

  init(
    request: GenerationRequest, model: LibraryModel, report: @escaping @Sendable (RunEvent) -> Void
  ) {
    self.request = request
    self.model = model
    self.report = report
    clock = ProgressClock(total: 0)
    summary = GenerationSummary(images: 0)
    lastPreview = .now
  }
}
