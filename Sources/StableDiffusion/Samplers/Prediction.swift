public import Checkpoints
public import Tensors

/// What the UNet said about latents, after guidance, and what follows from it.
///
/// Epsilon, v (Salimans and Ho 2022) and sample prediction differ only here; samplers do not know them.
public struct Prediction: Sendable {
  /// The latents the step starts from, at `level`.
  public let latents: Tensor
  /// The UNet's output.
  public let output: Tensor
  /// How noisy the latents are.
  public let level: NoiseLevel
  /// What `output` is.
  public let type: SchedulerConfig.PredictionType
  /// The UNet's output for the negative prompt alone; nil where it was not asked for.
  let unconditional: Tensor?

  /// Makes a prediction.
  public init(
    latents: Tensor, output: Tensor, unconditional: Tensor? = nil, level: NoiseLevel,
    type: SchedulerConfig.PredictionType
  ) {
    self.latents = latents
    self.output = output
    self.unconditional = unconditional
    self.level = level
    self.type = type
  }

  /// The estimate of the clean latents x₀.
  public func denoised() throws(TensorError) -> Tensor {
    let (signal, noise) = (level.signal, level.noise)
    switch type {
    case .epsilon:
      return try Tensor.combination((Float(1 / signal), latents), (Float(-noise / signal), output))
    case .v:
      let variance = signal * signal + noise * noise
      return try Tensor.combination(
        (Float(signal / variance), latents), (Float(-noise / variance.squareRoot()), output))
    case .sample:
      return output
    }
  }

  /// The estimate of the noise ε in the latents.
  public func noise() throws(TensorError) -> Tensor {
    let (signal, noise) = (level.signal, level.noise)
    switch type {
    case .epsilon:
      return output
    case .v:
      let variance = signal * signal + noise * noise
      return try Tensor.combination(
        (Float(noise / variance), latents), (Float(signal / variance.squareRoot()), output))
    case .sample:
      return try Tensor.combination((Float(1 / noise), latents), (Float(-signal / noise), output))
    }
  }

  /// The estimate of the noise for the negative prompt alone, or the guided one where there is no other.
  func unconditionalNoise() throws(TensorError) -> Tensor { try replacing(output: unconditional).noise() }

  /// The same level with other latents and output, for samplers that combine several outputs.
  func replacing(latents: Tensor? = nil, output: Tensor? = nil) -> Prediction {
    Prediction(latents: latents ?? self.latents, output: output ?? self.output, level: level, type: type)
  }

  /// signal·x₀ + noise·ε at another level: the deterministic step all samplers are made of.
  func moved(to target: NoiseLevel) throws(TensorError) -> Tensor {
    try Tensor.combination((Float(target.signal), denoised()), (Float(target.noise), noise()))
  }
}
