public import Tensors

/// An update rule: one step of latents from one noise level to the next.
///
/// What diffusers calls a scheduler is here a sampler and a schedule. A sampler sees levels and an index; the
/// loop owns timesteps, guidance, what the UNet predicts, batches and progress. A sampler is a value that
/// belongs to one picture and may keep what it needs from earlier steps.
public protocol Sampler {
  /// The latents after evaluation `index` of the plan, counted from 0 and taken in order.
  /// - Parameter noise: Draws fresh normal noise in the latents' shape, from the picture's own source.
  mutating func step(
    _ prediction: Prediction, at index: Int, noise: () throws(TensorError) -> Tensor
  ) throws(TensorError) -> Tensor
}
