import Tensors

/// What the UNet is given from the prompt: keys and values of every cross-attention, made once per prompt.
public struct UNetConditioning: Sendable {
  /// How many pictures it is for.
  public let batch: Int
  /// By attention, then by its transformer blocks: [batch, tokens, 2·channels].
  let keysAndValues: [[Tensor]]
  /// Of SDXL, what is added to the time embedding: [batch, time channels].
  var timeAddition: Tensor?
}
