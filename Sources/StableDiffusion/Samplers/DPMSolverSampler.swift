internal import Tensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// DPM-Solver++(2M) (Lu et al. 2022, "DPM-Solver++: Fast Solver for Guided Sampling of Diffusion Probabilistic
/// Models", algorithm 2), midpoint form.
///
/// With λ = log(signal/noise), h = λ' − λ, h₀ = λ − λ₋₁:
/// D = x₀ + h/(2h₀)·(x₀ − x₀₋₁), x' = (noise'/noise)·x − signal'·(e⁻ʰ − 1)·D.
/// The first step, and the last where diffusers says so, are of first order: D = x₀.
struct DPMSolverSampler: Sampler {
  let plan: SamplingPlan
  /// Whether the last step is of first order although its level still has noise.
  let lowersLastOrder: Bool
  private var last: Tensor?

  init(plan: SamplingPlan, lowersLastOrder: Bool) {
    self.plan = plan
    self.lowersLastOrder = lowersLastOrder
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
    let before = log(plan.evaluations[index - 1].from.sigma / from.sigma)  // h₀
    let slope = before == 0 ? 0 : -log(shrink) / (2 * before)
    return try Tensor.combination(
      (keep, prediction.latents), (Float(gain * (1 + slope)), denoised), (Float(-gain * slope), last))
  }
}
