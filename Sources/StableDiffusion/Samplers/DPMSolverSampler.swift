internal import Tensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// DPM-Solver++(2M), algorithm 2 of Lu 2022, "DPM-Solver++: Fast Solver for Guided Sampling of Diffusion
/// Probabilistic Models".
///
/// With λ = log(signal/noise), h = λ' − λ, h₀ = λ − λ₋₁:
/// x' = (noise'/noise)·x + signal'·((1 − e⁻ʰ)·x₀ + w·h/h₀·(x₀ − x₀₋₁)),
/// w = (1 − e⁻ʰ)/2 at the midpoint, 1 − (1 − e⁻ʰ)/h for Heun's type.
/// The first step, and the last where diffusers says so, are of first order: w = 0.
struct DPMSolverSampler: Sampler {
  let plan: SamplingPlan
  /// Whether the last step is of first order although its level still has noise.
  let lowersLastOrder: Bool
  /// Heun's type instead of the midpoint's.
  let isHeun: Bool
  private var last: Tensor?

  init(plan: SamplingPlan, lowersLastOrder: Bool, isHeun: Bool) {
    self.plan = plan
    self.lowersLastOrder = lowersLastOrder
    self.isHeun = isHeun
  }

  mutating func step(
    _ prediction: Prediction, at index: Int, noise: () throws(TensorError) -> Tensor
  ) throws(TensorError) -> Tensor {
    let denoised = try prediction.denoised()
    defer { last = denoised }
    let (from, to) = (plan.evaluations[index].from, plan.evaluations[index].to)
    let shrink = to.sigma / from.sigma  // e⁻ʰ
    let keep = Float(to.noise / from.noise)
    let gain = to.signal * (1 - shrink)
    let isLast = index == plan.evaluations.count - 1
    guard let last, index > 0, !(isLast && (lowersLastOrder || to.noise == 0)) else {
      return try Tensor.combination((keep, prediction.latents), (Float(gain), denoised))
    }
    let (h, before) = (-log(shrink), log(plan.evaluations[index - 1].from.sigma / from.sigma))  // h, h₀
    let weight = isHeun && h != 0 ? 1 - (1 - shrink) / h : (1 - shrink) / 2
    let slope = before == 0 ? 0 : to.signal * weight * h / before
    return try Tensor.combination(
      (keep, prediction.latents), (Float(gain + slope), denoised), (Float(-slope), last))
  }
}
