internal import Checkpoints
internal import Tensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// UniPC (Zhao 2023, "UniPC: A Unified Predictor-Corrector Framework"), predicting x₀, as diffusers'
/// `UniPCMultistepScheduler`: each evaluation first corrects the step that led to it, then predicts the next.
///
/// With λ = log(signal/noise), h = λ' − λ, H = −h and B = H (bh1) or e^H − 1 (bh2):
/// x' = noise'/noise·x − signal'·((e^H − 1)·x₀ + B·Σ ρₖ·Dₖ), Dₖ = (x₀ₖ − x₀)/rₖ; ρ solves Σ rₖⁱ⁻¹·ρₖ = bᵢ.
struct UniPCSampler: Sampler {
  /// Everything of one evaluation that later ones refer to.
  private struct Past {
    let denoised: Tensor
    let level: NoiseLevel
  }

  let plan: SamplingPlan
  /// Highest order, 1…3.
  let order: Int
  /// B = H instead of e^H − 1.
  let usesBH1: Bool
  let lowersFinalOrder: Bool
  /// Newest last, at most `order` + 1.
  private var past: [Past] = []
  private var lastLatents: Tensor?
  private var lastOrder = 0

  init(plan: SamplingPlan, order: Int, usesBH1: Bool, lowersFinalOrder: Bool) {
    self.plan = plan
    self.order = order
    self.usesBH1 = usesBH1
    self.lowersFinalOrder = lowersFinalOrder
  }

  mutating func step(
    _ prediction: Prediction, at index: Int, noise: inout PictureNoise
  ) throws(TensorError) -> Tensor {
    let (from, to) = (plan.evaluations[index].from, plan.evaluations[index].to)
    let newest = Past(denoised: try prediction.denoised(), level: from)
    var latents = prediction.latents
    if let lastLatents {
      latents = try moved(lastLatents, to: from, order: lastOrder, corrector: newest.denoised)
    }
    past = past.suffix(order) + [newest]
    let left = plan.evaluations.count - index
    var reach = min(order, past.count, index + 1)
    if lowersFinalOrder { reach = min(reach, left) }
    if to.noise == 0 { reach = 1 }
    (lastLatents, lastOrder) = (latents, reach)
    return try moved(latents, to: to, order: reach, corrector: nil)
  }

  /// A step from the newest estimate's level.
  /// - Parameter corrector: The estimate at the step's end, when it is known.
  private func moved(
    _ latents: Tensor, to target: NoiseLevel, order: Int, corrector: Tensor?
  ) throws(TensorError) -> Tensor {
    let newest = past[past.count - 1]
    let h = log(newest.level.sigma / target.sigma)
    let phi1 = expm1(-h)
    var weights = [-target.signal * phi1]
    var tensors = [newest.denoised]
    if order > 1 || corrector != nil {
      let older = past.dropLast().suffix(order - 1).reversed()
      let ratios = older.map { log(newest.level.sigma / $0.level.sigma) / h }
      let base = usesBH1 ? -h : phi1
      let rho = solution(ratios, h: h, base: base, corrects: corrector != nil)
      let ends = older.map(\.denoised) + (corrector.map { [$0] } ?? [])
      for (index, end) in ends.enumerated() {
        let weight = -target.signal * base * rho[index] / (index < ratios.count ? ratios[index] : 1)
        weights.append(weight)
        weights[0] -= weight
        tensors.append(end)
      }
    }
    let clean = try Tensor.combination(zip(weights, tensors).map { (Float($0), $1) })
    return try Tensor.combination((Float(target.noise / newest.level.noise), latents), (1, clean))
  }

  /// ρ, one for each ratio and, of the corrector, one for its own end at ratio 1.
  private func solution(_ ratios: [Double], h: Double, base: Double, corrects: Bool) -> [Double] {
    let places = ratios + (corrects ? [1] : [])
    // The authors' simplification, which all implementations have: exact only to its order.
    guard places.count > 1 else { return [0.5] }
    var (phi, factorial) = (expm1(-h) / -h - 1, 1.0)
    var rows: [[Double]] = []
    for power in 0..<places.count {
      rows.append(places.map { pow($0, Double(power)) } + [phi * factorial / base])
      factorial *= Double(power + 2)
      phi = phi / -h - 1 / factorial
    }
    return Self.solved(rows)
  }

  /// Gauss' elimination of rows that end with the right side; the places differ, so there is a solution.
  private static func solved(_ rows: [[Double]]) -> [Double] {
    var rows = rows
    for i in rows.indices {
      let pivot = (i..<rows.count).max { abs(rows[$0][i]) < abs(rows[$1][i]) } ?? i
      rows.swapAt(i, pivot)
      for k in rows.indices where k != i {
        let factor = rows[k][i] / rows[i][i]
        for j in i...rows.count { rows[k][j] -= factor * rows[i][j] }
      }
    }
    return rows.indices.map { rows[$0][rows.count] / rows[$0][$0] }
  }
}

extension SamplerDefinition {
  static let uniPC = SamplerDefinition("UniPC", aliases: ["UniPCMultistepScheduler"], .uniPC) {
    plan, _, options in
    // Another class's `solver_order` and `solver_type` mean other things; diffusers' own defaults are 2 and bh2.
    let isOwn = options.config.className == SchedulerClass.uniPC.rawValue
    return UniPCSampler(
      plan: plan, order: isOwn ? options.config.solverOrder ?? 2 : 2,
      usesBH1: isOwn && options.config.usesBH1Solver, lowersFinalOrder: options.config.lowersFinalOrder)
  }
}
