import Tensors

/// What the UNet is given from the prompt: keys and values of every cross-attention, made once per prompt.
public struct UNetConditioning: Sendable {
  /// How many pictures it is for.
  public let batch: Int
  /// By attention, then by its transformer blocks: [batch, tokens, 2·channels].
  let keysAndValues: [[Tensor]]
  /// Of SDXL, what is added to the time embedding: [batch, time channels].
  var timeAddition: Tensor?

  /// What is for one of the pictures; shares memory.
  func picture(_ index: Int) throws(TensorError) -> UNetConditioning {
    var rows: [[Tensor]] = []
    for stage in keysAndValues {
      rows.append(try stage.map { tensor throws(TensorError) in try tensor.batch(index..<index + 1) })
    }
    return UNetConditioning(
      batch: 1, keysAndValues: rows,
      timeAddition: try timeAddition.map { tensor throws(TensorError) in try tensor.batch(index..<index + 1) }
    )
  }
}
