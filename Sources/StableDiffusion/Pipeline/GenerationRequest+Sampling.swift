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
  /// - Parameters:
  ///   - usesSeedDelta: Whether the sampler is one A1111's ENSD is for.
  ///   - scale: Pixels a latent.
  init(_ request: GenerationRequest, image index: Int, usesSeedDelta: Bool, scale: Int) {
    let (width, height) = ((request.seedResizeWidth ?? 0) / scale, (request.seedResizeHeight ?? 0) / scale)
    self.init(
      seed: request.seed(ofPicture: index), kind: request.noiseSource ?? .cpu,
      variation: request.variationSeed(ofPicture: index).map { ($0, request.variationStrength ?? 0) },
      stepSeedDelta: usesSeedDelta ? request.seedDelta ?? 0 : 0,
      drawnAt: width > 0 && height > 0 ? (height, width) : nil)
  }
}

extension SigmaRange {
  /// What a request says of a schedule's levels; 0 is as good as nothing.
  init(_ request: GenerationRequest) {
    func given(_ value: Double?) -> Double? { value.flatMap { $0 > 0 ? $0 : nil } }
    self.init(
      low: given(request.scheduleSigmaMinimum), high: given(request.scheduleSigmaMaximum),
      rho: given(request.scheduleRho))
  }
}
