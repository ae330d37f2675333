internal import Checkpoints
internal import Tensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// DPM-Solver++(2M), algorithm 2 of Lu 2022, "DPM-Solver++: Fast Solver for Guided Sampling of Diffusion
/// Probabilistic Models", and its form for the stochastic equation (k-diffusion `sample_dpmpp_2m_sde`).
///
/// With λ = log(signal/noise), h = λ' − λ, h₀ = λ − λ₋₁, H = (1 + η)·h:
/// x' = (noise'/noise)·e^(−η·h)·x + signal'·((1 − e⁻ᴴ)·x₀ + w·h/h₀·(x₀ − x₀₋₁)) + noise'·√(1 − e^(−2η·h))·z,
/// w = (1 − e⁻ᴴ)/2 at the midpoint, 1 − (1 − e⁻ᴴ)/H for Heun's type; z is Brownian motion over σ, and η = 0
/// is the ordinary equation. The first step, and the last where diffusers says so, are of first order: w = 0.
struct DPMSolverSampler: Sampler {
  let plan: SamplingPlan
  /// Whether the last step is of first order although its level still has noise.
  let lowersLastOrder: Bool
  /// Heun's type instead of the midpoint's.
  let isHeun: Bool
  let eta: Double
  let noiseScale: Double
  private var last: Tensor?

  init(plan: SamplingPlan, lowersLastOrder: Bool, isHeun: Bool, eta: Double = 0, noiseScale: Double = 1) {
    self.plan = plan
    self.lowersLastOrder = lowersLastOrder
    self.isHeun = isHeun
    self.eta = eta
    self.noiseScale = noiseScale
  }

  init(
    _ plan: SamplingPlan, _ builder: PlanBuilder, _ options: SamplerOptions, isHeun: Bool, eta: Double = 0
  ) {
    // Of the whole schedule, also where its first steps are left out.
    let isShort = builder.steps < 15
    // A rule of diffusers' for its own levels, whose variance is kept.
    let isOwn = plan.evaluations.contains { $0.from.signal < 1 }
    self.init(
      plan: plan,
      lowersLastOrder: isOwn
        && (options.config.endsWithEuler || (options.config.lowersFinalOrder && isShort)),
      isHeun: isHeun, eta: eta, noiseScale: options.noiseScale)
  }

  mutating func step(
    _ prediction: Prediction, at index: Int, noise: inout PictureNoise
  ) throws(TensorError) -> Tensor {
    let denoised = try prediction.denoised()
    defer { last = denoised }
    let (from, to) = (plan.evaluations[index].from, plan.evaluations[index].to)
    guard to.noise > 0 else { return try Tensor.combination((Float(to.signal), denoised)) }
    let h = log(from.sigma / to.sigma)
    let total = h * (1 + eta)
    let (shrink, fade) = (exp(-total), exp(-eta * h))
    let gain = to.signal * (1 - shrink)
    var slope = 0.0
    if last != nil, index > 0, !(index == plan.evaluations.count - 1 && lowersLastOrder) {
      let before = log(plan.evaluations[index - 1].from.sigma / from.sigma)  // h₀
      let weight = isHeun && h != 0 ? 1 - (1 - shrink) / total : (1 - shrink) / 2
      slope = before == 0 ? 0 : to.signal * weight * h / before
    }
    var terms = [(Float(to.noise / from.noise * fade), prediction.latents), (Float(gain + slope), denoised)]
    if let last, slope != 0 { terms.append((Float(-slope), last)) }
    let deviation = to.noise * (1 - fade * fade).squareRoot() * noiseScale
    if deviation > 0 {
      terms.append((Float(deviation), try noise.brownian(from: from.sigma, to: to.sigma)))
    }
    return try Tensor.combination(terms)
  }
}

extension SamplerDefinition {
  static let dpmpp2M = SamplerDefinition(
    "DPM++ 2M", aliases: ["k_dpmpp_2m", "DPMSolverMultistepScheduler"], .dpmSolver
  ) { plan, builder, options in
    DPMSolverSampler(plan, builder, options, isHeun: options.config.usesHeunSolver)
  }

  static let dpmpp2MSDE = SamplerDefinition(
    "DPM++ 2M SDE", aliases: ["k_dpmpp_2m_sde"], .dpmSolver
  ) { plan, builder, options in
    DPMSolverSampler(plan, builder, options, isHeun: false, eta: options.eta ?? 1)
  }

  static let dpmpp2MSDEHeun = SamplerDefinition(
    "DPM++ 2M SDE Heun", aliases: ["k_dpmpp_2m_sde_heun"], .dpmSolver
  ) { plan, builder, options in
    DPMSolverSampler(plan, builder, options, isHeun: true, eta: options.eta ?? 1)
  }
}
