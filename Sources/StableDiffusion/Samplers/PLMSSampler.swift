internal import Tensors

/// Pseudo linear multistep (Liu 2022, "Pseudo Numerical Methods for Diffusion Models on Manifolds"),
/// formulas (9) and (12), started by one Heun step as CompVis does.
///
/// Outputs are combined as they are and only then read as noise, at the level of the step, as diffusers does.
struct PLMSSampler: Sampler {
  let plan: SamplingPlan
  /// The last outputs, newest last, at most four.
  private var outputs: [Tensor] = []
  /// The latents before the first step, until the second evaluation.
  private var first: Tensor?

  init(plan: SamplingPlan) { self.plan = plan }

  mutating func step(
    _ prediction: Prediction, at index: Int, noise: inout PictureNoise
  ) throws(TensorError) -> Tensor {
    let target = plan.evaluations[index].to
    if index == 1, let first, let last = outputs.last {
      self.first = nil
      let mean = try Tensor.combination((0.5, prediction.output), (0.5, last))
      return try prediction.replacing(latents: first, output: mean).moved(to: target)
    }
    if index == 0 { first = prediction.latents }
    outputs = outputs.suffix(3) + [prediction.output]
    return try prediction.replacing(output: multistep()).moved(to: target)
  }

  /// Adams and Bashforth's weights for the number of outputs there are.
  private func multistep() throws(TensorError) -> Tensor {
    let weights: [Float] =
      switch outputs.count {
      case 1: [1]
      case 2: [-1 / 2, 3 / 2]
      case 3: [5 / 12, -16 / 12, 23 / 12]
      default: [-9 / 24, 37 / 24, -59 / 24, 55 / 24]
      }
    return try Tensor.combination(Array(zip(weights, outputs)))
  }
}

extension SamplerDefinition {
  static let plms = SamplerDefinition(
    "PLMS", aliases: ["PNDM", "PNDMScheduler"], schedules: ScheduleKind.timestepKinds, .pndm
  ) { plan, _, _ in PLMSSampler(plan: plan) }
}
