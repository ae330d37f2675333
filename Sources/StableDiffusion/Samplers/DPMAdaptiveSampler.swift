internal import Generation
internal import Tensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// DPM-Solver-12 and -23 with step sizes from their difference (Lu 2022, appendix C; k-diffusion
/// `sample_dpm_adaptive` with its defaults: order 3, relative and absolute tolerance 0.05 and 0.0078).
///
/// Three evaluations a step, however many steps it takes; the number of steps asked for has no effect. As in
/// k-diffusion the picture keeps the noise of the smallest σ. diffusers has no equal.
struct DPMAdaptiveSampler: AdaptiveSampler {
  private static let relative: Float = 0.05, absolute: Float = 0.0078
  private static let safety = 0.81, order = 3.0, firstStep = 0.05

  private let builder: PlanBuilder
  private let eta: Double
  private let noiseScale: Double
  private let start: Double
  private let end: Double
  private var t: Double
  private var h = firstStep
  private var stage: DPMSolverStage
  private var target: Double
  private var up: Double
  private var latents: Tensor?
  /// The last accepted step's latents by the lower order, which tolerances refer to.
  private var previous: [Float] = []
  private var noises: [Tensor] = []

  init(_ builder: PlanBuilder, eta: Double, noiseScale: Double) {
    self.builder = builder
    self.eta = eta
    self.noiseScale = noiseScale
    (start, end) = DPMFastSampler.range(builder)
    (t, target, up) = (start, start, 0)
    stage = DPMSolverStage(start: start, end: start, places: [1.0 / 3, 2.0 / 3])
    aim()
  }

  var next: SamplingPlan.Evaluation? {
    guard t < end - 1e-5 else { return nil }
    let sigma = stage.sigma(noises.count)
    return builder.evaluation(at: sigma, to: noises.count < 2 ? stage.sigma(noises.count + 1) : exp(-target))
  }

  var fraction: Double { min(max((t - start) / (end - start), 0), 1) }

  mutating func step(
    _ prediction: Prediction, at index: Int, noise: inout PictureNoise
  ) throws(TensorError) -> Tensor {
    let begun = latents ?? prediction.latents
    latents = begun
    if previous.isEmpty { previous = try begun.floats() }
    noises.append(try prediction.noise())
    guard noises.count == 3 else { return try stage.next(begun, noises) }
    let low = try stage.finish(begun, Array(noises.prefix(2)))
    let high = try stage.finish(begun, noises)
    noises = []
    let lows = try low.floats()
    let error = try difference(lows, high.floats())
    guard error.isFinite else {
      // Nothing finite will come any more: end here, and the decoder says so.
      t = end
      return high
    }
    // k-diffusion's integral controller: a step is taken unless the next would have to be much shorter.
    let factor = 1 + atan(pow(1 / (error + 1e-8), 1 / (eta > 0 ? 1.5 : Self.order)) - 1)
    h *= factor
    guard factor >= Self.safety else {
      aim()
      return begun
    }
    previous = lows
    let strength = Float(up * noiseScale)
    let result = strength > 0 ? try Tensor.combination((1, high), (strength, noise.fresh())) : high
    (t, latents) = (target, nil)
    aim()
    return result
  }

  /// The next step to try.
  private mutating func aim() {
    target = min(end, t + h)
    let turn = DPMSolverStage.ancestral(t, target, limit: end, eta: eta)
    up = turn.up
    stage = DPMSolverStage(start: t, end: turn.end, places: [1.0 / 3, 2.0 / 3])
  }

  /// The mean square of the difference in units of the tolerance, its root.
  private func difference(_ low: [Float], _ high: [Float]) -> Double {
    var sum = 0.0
    for index in low.indices {
      let tolerance = max(Self.absolute, Self.relative * max(abs(low[index]), abs(previous[index])))
      let ratio = Double((low[index] - high[index]) / tolerance)
      sum += ratio * ratio
    }
    return (sum / Double(low.count)).squareRoot()
  }

  static func plan(_ builder: PlanBuilder) -> SamplingPlan {
    let (start, end) = DPMFastSampler.range(builder)
    return SamplingPlan(
      evaluations: [builder.evaluation(at: exp(-start), to: exp(-end))], initialScale: exp(-start))
  }
}

extension SamplerDefinition {
  static let dpmAdaptive = SamplerDefinition(
    "DPM adaptive", aliases: ["k_dpm_ad", "k_dpm_adaptive"], schedules: [.automatic], .kdpm2Ancestral,
    usesSeedDelta: true,
    layout: { builder, _, _ throws(UserError) in DPMAdaptiveSampler.plan(builder) }
  ) { _, builder, options in
    DPMAdaptiveSampler(builder, eta: options.eta ?? 1, noiseScale: options.noiseScale)
  }
}
