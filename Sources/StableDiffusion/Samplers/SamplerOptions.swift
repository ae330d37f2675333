public import Checkpoints

/// What a sampler takes from the request and the model besides the plan.
public struct SamplerOptions: Sendable {
  /// η of DDIM and Euler a; nil means the sampler's own default.
  public var eta: Double?
  /// The model's scheduler configuration.
  public var config: SchedulerConfig

  /// Makes options.
  public init(eta: Double? = nil, config: SchedulerConfig) {
    self.eta = eta
    self.config = config
  }
}
