internal import Generation

/// Restart sampling (Xu 2023, "Restart Sampling for Improving Generative Processes") with A1111's choice of where
/// to restart: Heun's steps down, then from σ ≈ 0.1 up to σ ≈ 2 by fresh noise and down again, once or twice.
///
/// The steps down are Karras' whatever the schedule; below 20 steps there is no restart and the schedule is kept.
enum RestartSampler {
  /// The plan whose steps down `base` has.
  static func plan(_ base: SamplingPlan, _ builder: PlanBuilder, noiseScale: Double) -> SamplingPlan {
    let steps = base.evaluations.count
    guard steps >= 20 else { return HeunSampler.doubled(base, builder) }
    let (length, times) = steps >= 36 ? (steps / 4, 2) : (9, 1)
    let levels = base.sigmas
    let sigmas =
      KarrasSigmas.values(high: levels[0], low: levels[steps - 1], count: steps - length * times).map {
        Double(Float($0))
      } + [0]
    var pairs = Array(zip(sigmas, sigmas.dropFirst()))
    let (bottom, top) = (nearest(0.1, sigmas), nearest(2, sigmas))
    if bottom > 0, top < bottom {
      let again = KarrasSigmas.values(high: sigmas[top], low: sigmas[bottom], count: length + 1)
      let down = Array(zip(again, again.dropFirst()))
      pairs.insert(contentsOf: (0..<times).flatMap { _ in down }, at: bottom)
    }
    var last = sigmas[0]
    let evaluations = pairs.map { from, to in
      defer { last = to }
      let lift = max(from * from - last * last, 0).squareRoot()
      return builder.evaluation(at: from, to: to, lift: noiseScale * lift)
    }
    return HeunSampler.doubled(
      SamplingPlan(evaluations: evaluations, initialScale: base.initialScale), builder)
  }

  private static func nearest(_ sigma: Double, _ sigmas: [Double]) -> Int {
    sigmas.indices.min { abs(sigmas[$0] - sigma) < abs(sigmas[$1] - sigma) } ?? 0
  }
}

extension SamplerDefinition {
  static let restart = SamplerDefinition(
    "Restart", aliases: [], .heun,
    layout: { builder, kind, options throws(UserError) in
      RestartSampler.plan(try builder.plan(.heun, kind), builder, noiseScale: options.noiseScale)
    }
  ) { plan, _, _ in HeunSampler(plan: plan) }
}
