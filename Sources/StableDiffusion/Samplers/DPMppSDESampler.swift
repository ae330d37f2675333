internal import Generation
internal import Tensors

/// DPM-Solver++ for the stochastic equation, second order in one step (k-diffusion `sample_dpmpp_sde`, diffusers
/// `DPMSolverSDEScheduler`).
///
/// An ancestral step half-way, in log σ, then one over the whole way with the clean
/// latents estimated there. The noise is Brownian motion over σ.
struct DPMppSDESampler: Sampler {
  let plan: SamplingPlan
  let eta: Double
  let noiseScale: Double
  /// Where a step started, until its second evaluation.
  var begun: (latents: Tensor, sigma: Double)?

  mutating func step(
    _ prediction: Prediction, at index: Int, noise: inout PictureNoise
  ) throws(TensorError) -> Tensor {
    let denoised = try prediction.denoised()
    let target = plan.evaluations[index].to.sigma
    let start = begun ?? (prediction.latents, prediction.level.sigma)
    begun = begun == nil && target > 0 ? start : nil
    let step = AncestralStep(from: start.sigma, to: target, eta: eta)
    let keep = Float(step.down / start.sigma)
    guard step.up > 0 else {
      return try Tensor.combination((keep, start.latents), (1 - keep, denoised))
    }
    return try Tensor.combination(
      (keep, start.latents), (1 - keep, denoised),
      (Float(step.up * noiseScale), noise.brownian(from: start.sigma, to: target)))
  }
}

extension SamplerDefinition {
  static let dpmppSDE = SamplerDefinition(
    "DPM++ SDE", aliases: ["k_dpmpp_sde", "DPMSolverSDEScheduler", "DPMSolverSinglestepScheduler"],
    .dpmSolverSDE,
    layout: { builder, kind, _ throws(UserError) in
      MidpointLayout.applied(to: try builder.plan(.dpmSolverSDE, kind), builder, eta: 0)
    }
  ) { plan, _, options in
    DPMppSDESampler(plan: plan, eta: options.eta ?? 1, noiseScale: options.noiseScale)
  }
}
