internal import Generation
internal import Tensors

/// DPM-Solver-2 as Karras 2022 writes it, a midpoint method in log σ (k-diffusion `sample_dpm_2` and
/// `sample_dpm_2_ancestral`): the direction found half-way is taken for the whole step.
struct DPM2Sampler: Sampler {
  let plan: SamplingPlan
  /// 0 for the deterministic sampler.
  let eta: Double
  let noiseScale: Double
  /// Where a step started, until its second evaluation.
  var begun: (latents: Tensor, sigma: Double)?

  mutating func step(
    _ prediction: Prediction, at index: Int, noise: inout PictureNoise
  ) throws(TensorError) -> Tensor {
    let direction = try prediction.noise()
    let target = plan.evaluations[index].to.sigma
    guard let start = begun else {
      let sigma = prediction.level.sigma
      if target > 0 { begun = (prediction.latents, sigma) }
      return try Tensor.combination((1, prediction.latents), (Float(target - sigma), direction))
    }
    begun = nil
    let step = AncestralStep(from: start.sigma, to: target, eta: eta)
    guard step.up > 0 else {
      return try Tensor.combination((1, start.latents), (Float(step.down - start.sigma), direction))
    }
    return try Tensor.combination(
      (1, start.latents), (Float(step.down - start.sigma), direction),
      (Float(step.up * noiseScale), noise.fresh()))
  }
}

extension SamplerDefinition {
  static let dpm2 = SamplerDefinition(
    "DPM2", aliases: ["k_dpm_2", "KDPM2DiscreteScheduler"], .kdpm2,
    layout: { builder, kind, options throws(UserError) in
      let plan = try builder.plan(.kdpm2, kind, skipsNextToLast: true)
      return MidpointLayout.applied(
        to: options.churn.applied(to: plan, builder, noiseScale: options.noiseScale), builder, eta: 0)
    }
  ) { plan, _, options in DPM2Sampler(plan: plan, eta: 0, noiseScale: options.noiseScale) }

  static let dpm2Ancestral = SamplerDefinition(
    "DPM2 a", aliases: ["k_dpm_2_a", "dpm_2_ancestral", "KDPM2AncestralDiscreteScheduler"], .kdpm2Ancestral,
    usesSeedDelta: true,
    layout: { builder, kind, options throws(UserError) in
      MidpointLayout.applied(
        to: try builder.plan(.kdpm2Ancestral, kind, skipsNextToLast: true), builder, eta: options.eta ?? 1)
    }
  ) { plan, _, options in
    DPM2Sampler(plan: plan, eta: options.eta ?? 1, noiseScale: options.noiseScale)
  }
}
