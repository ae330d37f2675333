internal import Generation
internal import Tensors

/// Euler's method on the probability-flow equation (Karras 2022, algorithm 2; churn is in the plan).
struct EulerSampler: Sampler {
  let plan: SamplingPlan

  mutating func step(
    _ prediction: Prediction, at index: Int, noise: inout PictureNoise
  ) throws(TensorError) -> Tensor {
    try prediction.moved(to: plan.evaluations[index].to)
  }
}

extension SamplerDefinition {
  static let euler = SamplerDefinition(
    "Euler", aliases: ["k_euler", "EulerDiscreteScheduler"], .euler,
    layout: { builder, kind, options throws(UserError) in
      options.churn.applied(
        to: try builder.plan(.euler, kind), builder, noiseScale: options.noiseScale)
    }
  ) { plan, _, _ in EulerSampler(plan: plan) }
}
