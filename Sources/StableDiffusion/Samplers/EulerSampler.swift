internal import Tensors

/// Euler's method on the probability-flow equation (Karras 2022, algorithm 2 without churn).
struct EulerSampler: Sampler {
  let plan: SamplingPlan

  mutating func step(
    _ prediction: Prediction, at index: Int, noise: () throws(TensorError) -> Tensor
  ) throws(TensorError) -> Tensor {
    try prediction.moved(to: plan.evaluations[index].to)
  }
}
