internal import Generation
internal import Tensors

/// Heun's method on the probability-flow equation (Karras 2022, algorithm 2; churn is in the plan).
///
/// A step of Euler's, another look at its end, and the mean of both directions. The last step, to σ = 0, is Euler's.
struct HeunSampler: Sampler {
  let plan: SamplingPlan
  /// Where a step started and its first direction, until the second evaluation.
  private var begun: (latents: Tensor, direction: Tensor, sigma: Double)?

  init(plan: SamplingPlan) { self.plan = plan }

  mutating func step(
    _ prediction: Prediction, at index: Int, noise: inout PictureNoise
  ) throws(TensorError) -> Tensor {
    let direction = try prediction.noise()
    let target = plan.evaluations[index].to.sigma
    if let start = begun {
      begun = nil
      let half = Float((target - start.sigma) / 2)
      return try Tensor.combination((1, start.latents), (half, start.direction), (half, direction))
    }
    let sigma = prediction.level.sigma
    if target > 0 { begun = (prediction.latents, direction, sigma) }
    return try Tensor.combination((1, prediction.latents), (Float(target - sigma), direction))
  }

  /// The plan with a second evaluation at the end of each step but one to σ = 0.
  static func doubled(_ plan: SamplingPlan, _ builder: PlanBuilder) -> SamplingPlan {
    var evaluations: [SamplingPlan.Evaluation] = []
    for (index, first) in plan.evaluations.enumerated() {
      evaluations.append(first)
      let target = first.to.sigma
      guard target > 0 else { continue }
      let next = index + 1 < plan.evaluations.count ? plan.evaluations[index + 1] : nil
      // The next step's own timestep is exact; from σ it follows by interpolation.
      let timestep = next.flatMap { $0.from.sigma == target ? Double($0.timestep) : nil }
      evaluations.append(
        .exploding(timestep: timestep ?? builder.noise.timestep(of: target), from: target, to: target))
    }
    return SamplingPlan(evaluations: evaluations, initialScale: plan.initialScale)
  }
}

extension SamplerDefinition {
  static let heun = SamplerDefinition(
    "Heun", aliases: ["k_heun", "HeunDiscreteScheduler"], .heun,
    layout: { builder, kind, options throws(UserError) in
      let plan = options.churn.applied(
        to: try builder.plan(.heun, kind), builder, noiseScale: options.noiseScale)
      return HeunSampler.doubled(plan, builder)
    }
  ) { plan, _, _ in HeunSampler(plan: plan) }
}
