internal import Tensors

/// Keeps what is not masked: after each step it is the source's latents again, with as much noise as the level has
/// (diffusers' inpainting with models that know nothing of masks).
struct LatentBlend {
  /// 1 where something is to change, a value a latent.
  let mask: [Float]
  /// The source's latents and the picture's first noise, in memory order.
  let clean: [Float]
  let noise: [Float]

  /// The latents with everything outside the mask put back.
  /// - Parameter level: Where the next evaluation starts; nil at the end.
  func applied(to latents: Tensor, at level: NoiseLevel?) throws(TensorError) -> Tensor {
    let (signal, strength) = (Float(level?.signal ?? 1), Float(level?.noise ?? 0))
    let channels = latents.shape[3]
    var values = try latents.floats()
    for index in values.indices where mask[index / channels] == 0 {
      values[index] = signal * clean[index] + strength * noise[index]
    }
    return try latents.backend.parameters(values, shape: latents.shape)
  }
}
