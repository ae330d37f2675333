internal import Generation
internal import Tensors

/// DPM-Solver++(2S) of Lu 2022 with ancestral steps (k-diffusion `sample_dpmpp_2s_ancestral`): the clean latents
/// estimated half-way, in log σ, are taken for the whole step.
///
/// x' = σ_down/σ·x + (1 − σ_down/σ)·x₀(half-way) + σ_up·z; diffusers has no equal.
struct DPMpp2SAncestralSampler: Sampler {
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
    guard let start = begun else {
      let sigma = prediction.level.sigma
      if target > 0 { begun = (prediction.latents, sigma) }
      let keep = Float(target / sigma)
      return try Tensor.combination((keep, prediction.latents), (1 - keep, denoised))
    }
    begun = nil
    let step = AncestralStep(from: start.sigma, to: target, eta: eta)
    let keep = Float(step.down / start.sigma)
    guard step.up > 0 else {
      return try Tensor.combination((keep, start.latents), (1 - keep, denoised))
    }
    return try Tensor.combination(
      (keep, start.latents), (1 - keep, denoised), (Float(step.up * noiseScale), noise.fresh()))
  }
}

extension SamplerDefinition {
  static let dpmpp2SAncestral = SamplerDefinition(
    "DPM++ 2S a", aliases: ["k_dpmpp_2s_a", "dpmpp_2s_ancestral"], .kdpm2Ancestral, usesSeedDelta: true,
    layout: { builder, kind, options throws(UserError) in
      MidpointLayout.applied(
        to: try builder.plan(.kdpm2Ancestral, kind), builder, eta: options.eta ?? 1)
    }
  ) { plan, _, options in
    DPMpp2SAncestralSampler(plan: plan, eta: options.eta ?? 1, noiseScale: options.noiseScale)
  }
}
