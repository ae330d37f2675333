internal import Tensors

/// Euler's method that goes further down than asked and adds fresh noise (k-diffusion `sample_euler_ancestral`).
struct EulerAncestralSampler: Sampler {
  let plan: SamplingPlan
  let eta: Double
  let noiseScale: Double

  mutating func step(
    _ prediction: Prediction, at index: Int, noise: inout PictureNoise
  ) throws(TensorError) -> Tensor {
    let target = plan.evaluations[index].to
    let step = AncestralStep(from: plan.evaluations[index].from.noise, to: target.noise, eta: eta)
    let (denoised, direction) = (try prediction.denoised(), try prediction.noise())
    guard step.up > 0 else {
      return try Tensor.combination((Float(target.signal), denoised), (Float(step.down), direction))
    }
    return try Tensor.combination(
      (Float(target.signal), denoised), (Float(step.down), direction),
      (Float(step.up * noiseScale), noise.fresh()))
  }
}

extension SamplerDefinition {
  static let eulerAncestral = SamplerDefinition(
    "Euler a",
    aliases: ["k_euler_a", "k_euler_ancestral", "euler_ancestral", "EulerAncestralDiscreteScheduler"],
    .eulerAncestral, usesSeedDelta: true
  ) { plan, _, options in
    EulerAncestralSampler(plan: plan, eta: options.eta ?? 1, noiseScale: options.noiseScale)
  }
}
