public import Checkpoints

/// What a sampler takes from the request and the model besides the plan.
public struct SamplerOptions: Sendable {
  /// η of DDIM and of the samplers with fresh noise; nil means the sampler's own default.
  public var eta: Double?
  /// Noise added before steps of Euler, Heun and DPM2.
  public var churn: Churn
  /// Factor of all fresh noise (`s_noise`), but DDIM's.
  public var noiseScale: Double
  /// The model's scheduler configuration.
  public var config: SchedulerConfig

  /// Makes options.
  public init(
    eta: Double? = nil, churn: Churn = Churn(), noiseScale: Double = 1, config: SchedulerConfig
  ) {
    self.eta = eta
    self.churn = churn
    self.noiseScale = noiseScale
    self.config = config
  }
}
