internal import Tensors

/// Denoising diffusion implicit models (Song 2021), formulas (12) and (16).
///
/// s² = η²·(1 − ᾱ')/(1 − ᾱ)·(1 − ᾱ/ᾱ'), x' = √ᾱ'·x₀ + √(1 − ᾱ' − s²)·ε + s·z. η = 0 adds no noise.
struct DDIMSampler: Sampler {
  let plan: SamplingPlan
  let eta: Double
  /// Bounds of the estimate of x₀, for models trained in pixels; nil leaves it as it is.
  let clip: Float?

  mutating func step(
    _ prediction: Prediction, at index: Int, noise: () throws(TensorError) -> Tensor
  ) throws(TensorError) -> Tensor {
    let (from, to) = (plan.evaluations[index].from, plan.evaluations[index].to)
    let (bar, barTo) = (from.signal * from.signal, to.signal * to.signal)
    let variance = max((to.noise * to.noise) / (from.noise * from.noise) * (1 - bar / barTo), 0)
    let deviation = eta * variance.squareRoot()
    let along = max(to.noise * to.noise - deviation * deviation, 0).squareRoot()
    var denoised = try prediction.denoised()
    if let clip { denoised = try denoised.scaled(by: 1, clampedTo: -clip...clip) }
    let direction = try prediction.noise()
    guard eta > 0 else {
      return try Tensor.combination((Float(to.signal), denoised), (Float(along), direction))
    }
    return try Tensor.combination(
      (Float(to.signal), denoised), (Float(along), direction), (Float(deviation), noise()))
  }
}
