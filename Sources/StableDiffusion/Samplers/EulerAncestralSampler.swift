internal import Tensors

/// Euler's method that goes further down than asked and adds fresh noise (k-diffusion `sample_euler_ancestral`).
///
/// σ_up = min(σ', η·√(σ'²(σ² − σ'²)/σ²)), σ_down = √(σ'² − σ_up²).
struct EulerAncestralSampler: Sampler {
  let plan: SamplingPlan
  let eta: Double

  mutating func step(
    _ prediction: Prediction, at index: Int, noise: () throws(TensorError) -> Tensor
  ) throws(TensorError) -> Tensor {
    let (from, to) = (plan.evaluations[index].from.noise, plan.evaluations[index].to.noise)
    let variance = max(to * to * (from * from - to * to) / (from * from), 0)
    let up = min(to, eta * variance.squareRoot())
    let down = max(to * to - up * up, 0).squareRoot()
    let signal = plan.evaluations[index].to.signal
    let (denoised, direction) = (try prediction.denoised(), try prediction.noise())
    guard up > 0 else {
      return try Tensor.combination((Float(signal), denoised), (Float(down), direction))
    }
    return try Tensor.combination(
      (Float(signal), denoised), (Float(down), direction), (Float(up), noise()))
  }
}
