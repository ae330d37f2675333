internal import Tensors

/// Sampling of latent consistency models (Luo 2023), algorithm 3: the clean latents, held to the boundary
/// condition c_skip·x + c_out·x₀, with fresh noise for the next level.
///
/// c_skip = 0.25/(s² + 0.25), c_out = s/√(s² + 0.25), s = 10·timestep.
struct LCMSampler: Sampler {
  let plan: SamplingPlan
  let noiseScale: Double

  mutating func step(
    _ prediction: Prediction, at index: Int, noise: inout PictureNoise
  ) throws(TensorError) -> Tensor {
    let evaluation = plan.evaluations[index]
    let scaled = Double(evaluation.timestep) * 10
    let (skip, out) = (0.25 / (scaled * scaled + 0.25), scaled / (scaled * scaled + 0.25).squareRoot())
    let signal = evaluation.to.signal
    let (latents, denoised) = (prediction.latents, try prediction.denoised())
    guard evaluation.to.noise > 0 else {
      return try Tensor.combination((Float(signal * skip), latents), (Float(signal * out), denoised))
    }
    return try Tensor.combination(
      (Float(signal * skip), latents), (Float(signal * out), denoised),
      (Float(evaluation.to.noise * noiseScale), noise.fresh()))
  }
}

extension SamplerDefinition {
  static let lcm = SamplerDefinition("LCM", aliases: ["k_lcm", "LCMScheduler"], .lcm) { plan, _, options in
    LCMSampler(plan: plan, noiseScale: options.noiseScale)
  }
}
