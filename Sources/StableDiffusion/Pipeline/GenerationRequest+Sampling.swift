internal import Checkpoints
internal import Generation

extension SamplerOptions {
  /// What a request says to samplers.
  init(_ request: GenerationRequest, _ config: SchedulerConfig) {
    self.init(eta: request.eta, config: config)
  }
}

extension NoiseSettings {
  /// The noise of picture `index` of a request.
  init(_ request: GenerationRequest, image index: Int, usesSeedDelta: Bool) {
    self.init(seed: request.seed &+ Int64(index))
  }
}
