public import Tensors

/// An update rule: one step of latents from one noise level to the next.
///
/// What diffusers calls a scheduler is here a sampler and a schedule. A sampler sees levels and an index; the
/// loop owns timesteps, guidance, what the UNet predicts, batches and progress. A sampler is a value that
/// belongs to one picture and may keep what it needs from earlier steps. One that looks at the model more than
/// once a step has all evaluations in its plan, and gives the latents of the next evaluation each time.
public protocol Sampler {
  /// The latents after evaluation `index` of the plan, counted from 0 and taken in order.
  /// - Parameter noise: The picture's noise.
  mutating func step(
    _ prediction: Prediction, at index: Int, noise: inout PictureNoise
  ) throws(TensorError) -> Tensor
}

/// A sampler that chooses its own levels as it goes; its plan holds the first evaluation only.
public protocol AdaptiveSampler: Sampler {
  /// The evaluation to make now; nil at the end.
  var next: SamplingPlan.Evaluation? { get }
  /// How much of the way is done, 0…1.
  var fraction: Double { get }
}
