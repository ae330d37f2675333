/// Fresh noise before a step that then starts from a higher level (Karras 2022, algorithm 2).
public struct Churn: Equatable, Sendable {
  /// How much over the whole picture: S_churn.
  public var amount: Double
  /// The levels that are lifted: S_tmin to S_tmax.
  public var range: ClosedRange<Double>

  /// Makes churn; without values there is none.
  public init(amount: Double = 0, range: ClosedRange<Double> = 0...Double.infinity) {
    self.amount = amount
    self.range = range
  }

  /// The plan with σ̂ = σ·(1 + γ) instead of σ where a step starts, γ = min(S_churn/steps, √2 − 1).
  func applied(to plan: SamplingPlan, _ builder: PlanBuilder, noiseScale: Double) -> SamplingPlan {
    guard amount > 0 else { return plan }
    let gain = min(amount / Double(plan.evaluations.count), 2.0.squareRoot() - 1)
    let evaluations = plan.evaluations.map { evaluation in
      let sigma = evaluation.from.sigma
      guard range.contains(sigma) else { return evaluation }
      let lifted = sigma * (1 + gain)
      return builder.evaluation(
        at: lifted, to: evaluation.to.sigma,
        lift: noiseScale * (lifted * lifted - sigma * sigma).squareRoot())
    }
    return SamplingPlan(evaluations: evaluations, initialScale: plan.initialScale)
  }
}
