internal import Generation
internal import Tensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// DPM-Solver-fast (Lu 2022, k-diffusion `sample_dpm_fast`): as many evaluations as steps, in steps of third order
/// with a shorter one or two at the end, evenly in log σ from the model's largest σ to its smallest.
///
/// As in k-diffusion the picture keeps the noise of the smallest σ. diffusers has no equal.
struct DPMFastSampler: Sampler {
  private let stages: [DPMSolverStage]
  private let ups: [Double]
  private let noiseScale: Double
  private var number = 0
  private var latents: Tensor?
  private var noises: [Tensor] = []

  init(_ builder: PlanBuilder, eta: Double, noiseScale: Double) {
    (stages, ups) = Self.stages(builder, eta: eta)
    self.noiseScale = noiseScale
  }

  mutating func step(
    _ prediction: Prediction, at index: Int, noise: inout PictureNoise
  ) throws(TensorError) -> Tensor {
    let stage = stages[number]
    let start = latents ?? prediction.latents
    noises.append(try prediction.noise())
    guard noises.count > stage.places.count else {
      latents = start
      return try stage.next(start, noises)
    }
    let result = try stage.finish(start, noises)
    let up = Float(ups[number] * noiseScale)
    (latents, noises, number) = (nil, [], number + 1)
    return up > 0 ? try Tensor.combination((1, result), (up, noise.fresh())) : result
  }

  /// Every step and the noise after it.
  private static func stages(_ builder: PlanBuilder, eta: Double) -> ([DPMSolverStage], [Double]) {
    let (start, end) = range(builder)
    let steps = builder.steps - builder.skipped
    let count = steps / 3 + 1
    let rest = steps % 3
    let orders =
      [Int](repeating: 3, count: rest == 0 ? count - 2 : count - 1) + (rest == 0 ? [2, 1] : [rest])
    var stages: [DPMSolverStage] = []
    var ups: [Double] = []
    for (index, order) in orders.enumerated() {
      let t = start + (end - start) * Double(index) / Double(count)
      let target = start + (end - start) * Double(index + 1) / Double(count)
      let turn = DPMSolverStage.ancestral(t, target, limit: end, eta: eta)
      let places = order == 3 ? [1.0 / 3, 2.0 / 3] : [Double](repeating: 0.5, count: order - 1)
      stages.append(DPMSolverStage(start: t, end: turn.end, places: places))
      ups.append(turn.up)
    }
    return (stages, ups)
  }

  /// t = −log σ of the model's largest σ, or of where a begun picture goes on, and of its smallest.
  static func range(_ builder: PlanBuilder) -> (Double, Double) {
    (-log(builder.firstSigma), -log(Double(builder.noise.sigmas.first ?? 1)))
  }

  static func plan(_ builder: PlanBuilder, eta: Double) -> SamplingPlan {
    let (stages, _) = stages(builder, eta: eta)
    let sigmas = stages.flatMap { stage in (0...stage.places.count).map(stage.sigma) }
    let last = exp(-range(builder).1)
    return SamplingPlan(
      evaluations: zip(sigmas, sigmas.dropFirst() + [last]).map { builder.evaluation(at: $0, to: $1) },
      initialScale: sigmas[0])
  }
}

extension SamplerDefinition {
  static let dpmFast = SamplerDefinition(
    "DPM fast", aliases: ["k_dpm_fast"], schedules: [.automatic], .kdpm2Ancestral, usesSeedDelta: true,
    layout: { builder, _, options throws(UserError) in DPMFastSampler.plan(builder, eta: options.eta ?? 1) }
  ) { _, builder, options in
    DPMFastSampler(builder, eta: options.eta ?? 1, noiseScale: options.noiseScale)
  }
}
