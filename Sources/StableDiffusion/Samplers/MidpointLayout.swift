internal import Generation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Plans of samplers that look at the model half-way, in log σ, of each step but one to σ = 0.
enum MidpointLayout {
  /// The plan with half-way evaluations.
  /// - Parameter eta: Of ancestral samplers, whose way ends at σ_down; 0 goes all the way to σ'.
  static func applied(to plan: SamplingPlan, _ builder: PlanBuilder, eta: Double) -> SamplingPlan {
    var evaluations: [SamplingPlan.Evaluation] = []
    for first in plan.evaluations {
      let (from, to) = (first.from.sigma, first.to.sigma)
      let down = AncestralStep(from: from, to: to, eta: eta).down
      guard down > 0 else {
        evaluations.append(first)
        continue
      }
      let middle = exp((log(from) + log(down)) / 2)
      evaluations.append(first.ending(at: middle))
      evaluations.append(builder.evaluation(at: middle, to: to))
    }
    return SamplingPlan(evaluations: evaluations, initialScale: plan.initialScale)
  }
}
