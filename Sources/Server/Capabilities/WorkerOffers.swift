import Generation

/// What all known workers together can do.
struct WorkerOffers: Sendable {
  /// Models in the order workers connected; the first is the default.
  var models: [ModelDescription] = []
  /// Samplers any worker has, in the first worker's order.
  var samplers: [SamplerDescription] = []
  /// Schedules any worker has.
  var schedules: [SamplerDescription] = []
  /// Modes any worker has.
  var modes: [GenerationMode] = []

  /// Upscalers any worker has.
  var upscalers: [String] = []
  /// Files that go with models, and styles, that any worker has.
  var loras: [ExtraDescription] = [], embeddings: [ExtraDescription] = [], vaes: [ExtraDescription] = []
  var hypernetworks: [ExtraDescription] = [], styles: [PromptStyle] = []

  private var limitsByModel: [String: Limits] = [:]

  /// Merges `workers`; nil when they have no model at all.
  init?(_ workers: [WorkerCapabilities]) {
    for worker in workers {
      for model in worker.models {
        if !models.contains(where: { $0.name == model.name }) { models.append(model) }
        let known = limitsByModel[model.name]
        limitsByModel[model.name] = known.map { $0.intersection(worker.limits) } ?? worker.limits
      }
      for sampler in worker.samplers where !samplers.contains(where: { $0.name == sampler.name }) {
        samplers.append(sampler)
      }
      for schedule in worker.schedules where !schedules.contains(where: { $0.name == schedule.name }) {
        schedules.append(schedule)
      }
      for name in worker.upscalers ?? [] where !upscalers.contains(name) { upscalers.append(name) }
      for mode in worker.modes where !modes.contains(mode) { modes.append(mode) }
      addExtras(of: worker)
    }
    if models.isEmpty { return nil }
  }

  private mutating func addExtras(of worker: WorkerCapabilities) {
    func merge<Item>(_ all: inout [Item], _ more: [Item], _ name: (Item) -> String) {
      var known = Set(all.map(name))
      for item in more where known.insert(name(item)).inserted { all.append(item) }
    }
    merge(&loras, worker.loras, \.name)
    merge(&embeddings, worker.embeddings, \.name)
    merge(&hypernetworks, worker.hypernetworks, \.name)
    merge(&vaes, worker.vaes, \.name)
    merge(&styles, worker.styles, \.name)
  }

  /// The ranges that every worker with this model accepts, since any of them may get the job.
  func limits(for model: String) -> Limits {
    Limits().intersection(limitsByModel[model] ?? Limits())
  }

  /// The ranges of the page's form: those of the default model.
  var limits: Limits { models.first.map { limits(for: $0.name) } ?? Limits() }
}

extension Limits {
  /// The ranges both accept; the server's own quotas stay as they are in `self`.
  func intersection(_ other: Limits) -> Limits {
    var result = self
    result.promptBytes = min(promptBytes, other.promptBytes)
    result.minSteps = max(minSteps, other.minSteps)
    result.maxSteps = max(result.minSteps, min(maxSteps, other.maxSteps))
    result.minGuidanceScale = max(minGuidanceScale, other.minGuidanceScale)
    result.maxGuidanceScale = max(result.minGuidanceScale, min(maxGuidanceScale, other.maxGuidanceScale))
    result.minSide = max(minSide, other.minSide)
    result.maxSide = max(result.minSide, min(maxSide, other.maxSide))
    result.sideMultiple = max(sideMultiple, other.sideMultiple, 1)
    result.maxPixels = min(maxPixels, other.maxPixels)
    result.maxBatchCount = max(1, min(maxBatchCount, other.maxBatchCount))
    result.maxSeed = min(maxSeed, other.maxSeed)
    result.maxHiresScale = max(1, min(maxHiresScale, other.maxHiresScale))
    result.maxOutputSide = min(maxOutputSide, other.maxOutputSide)
    result.maxOutputPixels = min(maxOutputPixels, other.maxOutputPixels)
    return result
  }
}
