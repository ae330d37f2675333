internal import Checkpoints
internal import Generation

extension SamplerOptions {
  /// What a request says to samplers.
  init(_ request: GenerationRequest, _ config: SchedulerConfig) {
    let low = request.sigmaMinimum ?? 0
    self.init(
      eta: request.eta,
      churn: Churn(
        amount: request.sigmaChurn ?? 0, range: low...max(low, request.sigmaMaximum ?? .infinity)),
      noiseScale: request.sigmaNoise ?? 1, config: config)
  }
}

extension NoiseSettings {
  /// The noise of picture `index` of a request.
  /// - Parameter usesSeedDelta: Whether the sampler is one A1111's ENSD is for.
  init(_ request: GenerationRequest, image index: Int, usesSeedDelta: Bool) {
    self.init(
      seed: request.seed(ofPicture: index), kind: request.noiseSource ?? .cpu,
      variation: request.variationSeed(ofPicture: index).map { ($0, request.variationStrength ?? 0) },
      stepSeedDelta: usesSeedDelta ? request.seedDelta ?? 0 : 0)
  }
}
