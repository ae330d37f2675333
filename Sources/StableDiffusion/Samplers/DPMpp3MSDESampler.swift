internal import Generation
internal import Tensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// DPM-Solver++(3M) for the stochastic equation (k-diffusion `sample_dpmpp_3m_sde`): the clean latents of three
/// steps are followed by a parabola in λ = log(signal/noise).
///
/// With H = (1 + η)·h, φ₂ = (e⁻ᴴ − 1)/H + 1, φ₃ = φ₂/H − 1/2:
/// x' = noise'/noise·e^(−η·h)·x + signal'·((1 − e⁻ᴴ)·x₀ + φ₂·d₁ − φ₃·d₂) + noise'·√(1 − e^(−2η·h))·z,
/// where d₁ and d₂ are the divided differences; z is Brownian motion over σ. diffusers' third order for this
/// equation has another sign in its last term and is not followed.
struct DPMpp3MSDESampler: Sampler {
  let plan: SamplingPlan
  let eta: Double
  let noiseScale: Double
  /// The estimates of the last two steps and those steps' h, newest first.
  var past: [(denoised: Tensor, h: Double)] = []

  mutating func step(
    _ prediction: Prediction, at index: Int, noise: inout PictureNoise
  ) throws(TensorError) -> Tensor {
    let denoised = try prediction.denoised()
    let (from, to) = (plan.evaluations[index].from, plan.evaluations[index].to)
    guard to.noise > 0 else { return try Tensor.combination((Float(to.signal), denoised)) }
    let h = log(from.sigma / to.sigma)
    let total = h * (1 + eta)
    let fade = exp(-eta * h)
    var weights = Self.weights(total, ratios: past.map { $0.h / h })
    weights[0] += 1 - exp(-total)
    let tensors = [denoised] + past.map(\.denoised)
    let clean = try Tensor.combination(zip(weights, tensors).map { (Float(to.signal * $0), $1) })
    past = [(denoised, h)] + past.prefix(1)
    var terms = [(Float(to.noise / from.noise * fade), prediction.latents), (1, clean)]
    let deviation = to.noise * (1 - fade * fade).squareRoot() * noiseScale
    if deviation > 0 {
      terms.append((Float(deviation), try noise.brownian(from: from.sigma, to: to.sigma)))
    }
    return try Tensor.combination(terms)
  }

  /// Weights of the newest estimates in φ₂·d₁ − φ₃·d₂.
  /// - Parameter ratios: h of the steps before over this step's, newest first, at most two.
  private static func weights(_ total: Double, ratios: [Double]) -> [Double] {
    guard let r0 = ratios.first else { return [0] }
    let phi2 = (exp(-total) - 1) / total + 1
    guard ratios.count > 1 else { return [phi2 / r0, -phi2 / r0] }
    let r1 = ratios[1]
    let phi3 = phi2 / total - 0.5
    // d₁ = a + (a − b)·r₀/(r₀ + r₁), d₂ = (a − b)/(r₀ + r₁), a = (x₀ − x₀₋₁)/r₀, b = (x₀₋₁ − x₀₋₂)/r₁.
    let bend = (phi2 * r0 - phi3) / (r0 + r1)
    let (a, b) = ((phi2 + bend) / r0, -bend / r1)
    return [a, b - a, -b]
  }
}

extension SamplerDefinition {
  static let dpmpp3MSDE = SamplerDefinition(
    "DPM++ 3M SDE", aliases: ["k_dpmpp_3m_sde"], .dpmSolver,
    layout: { builder, kind, _ throws(UserError) in
      // As A1111, also with Karras' levels, which for the class are diffusers'.
      try builder.plan(kind == .karras ? .kdpm2 : .dpmSolver, kind, skipsNextToLast: true)
    }
  ) { plan, _, options in
    DPMpp3MSDESampler(plan: plan, eta: options.eta ?? 1, noiseScale: options.noiseScale)
  }
}
