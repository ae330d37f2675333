internal import Checkpoints
internal import Tensors

/// Denoising diffusion implicit models (Song 2021), formulas (12) and (16).
///
/// s² = η²·(1 − ᾱ')/(1 − ᾱ)·(1 − ᾱ/ᾱ'), x' = √ᾱ'·x₀ + √(1 − ᾱ' − s²)·ε + s·z. η = 0 adds no noise.
/// With CFG++ (Chung 2024, "CFG++: Manifold-constrained Classifier Free Guidance for Diffusion Models"), ε is
/// the unconditional prediction's while x₀ is guided.
struct DDIMSampler: Sampler {
  let plan: SamplingPlan
  let eta: Double
  /// Bounds of the estimate of x₀, for models trained in pixels; nil leaves it as it is.
  let clip: Float?
  /// CFG++.
  var followsUnconditional = false

  mutating func step(
    _ prediction: Prediction, at index: Int, noise: inout PictureNoise
  ) throws(TensorError) -> Tensor {
    let (from, to) = (plan.evaluations[index].from, plan.evaluations[index].to)
    let (bar, barTo) = (from.signal * from.signal, to.signal * to.signal)
    let variance = max((to.noise * to.noise) / (from.noise * from.noise) * (1 - bar / barTo), 0)
    let deviation = eta * variance.squareRoot()
    let along = max(to.noise * to.noise - deviation * deviation, 0).squareRoot()
    var denoised = try prediction.denoised()
    if let clip { denoised = try denoised.scaled(by: 1, clampedTo: -clip...clip) }
    let direction = try followsUnconditional ? prediction.unconditionalNoise() : prediction.noise()
    guard eta > 0 else {
      return try Tensor.combination((Float(to.signal), denoised), (Float(along), direction))
    }
    return try Tensor.combination(
      (Float(to.signal), denoised), (Float(along), direction), (Float(deviation), noise.fresh()))
  }

  private static func clip(_ options: SamplerOptions) -> Float? {
    options.config.clipsSample ?? true ? Float(options.config.clipRange) : nil
  }

  static func make(_ plan: SamplingPlan, _ options: SamplerOptions, plusPlus: Bool) -> DDIMSampler {
    DDIMSampler(
      plan: plan, eta: options.eta ?? 0, clip: clip(options), followsUnconditional: plusPlus)
  }
}

extension SamplerDefinition {
  static let ddim = SamplerDefinition(
    "DDIM", aliases: ["DDIMScheduler"], schedules: ScheduleKind.timestepKinds, .ddim
  ) { plan, _, options in DDIMSampler.make(plan, options, plusPlus: false) }

  /// A1111 divides the guidance scale by 12.5, so that its usual range becomes CFG++'s, 0…1.
  static let ddimCFGPP = SamplerDefinition(
    "DDIM CFG++", aliases: [], schedules: ScheduleKind.timestepKinds, .ddim,
    guidanceFactor: 1 / 12.5
  ) { plan, _, options in DDIMSampler.make(plan, options, plusPlus: true) }
}
