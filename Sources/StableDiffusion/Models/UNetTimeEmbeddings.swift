import Tensors

/// What the UNet is given from the timesteps: the addend of every residual layer, made once for all steps.
public struct UNetTimeEmbeddings: Sendable {
  /// The timesteps, in the order of the steps.
  public let timesteps: [Float]
  /// By residual layer: [steps, channels]; none where the texts have a say too.
  let addends: [Tensor]
  /// Of SDXL, the embeddings themselves, [steps, time channels].
  var embeddings: Tensor?
  /// What a network that takes the guidance scale as an input was told.
  var guidanceScale: Float = 1

  /// The addends of one step, [1, channels] each.
  func step(_ index: Int) throws(TensorError) -> [Tensor] {
    try addends.map { addend throws(TensorError) in try addend.batch(index..<index + 1) }
  }
}
