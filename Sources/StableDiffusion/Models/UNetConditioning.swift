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

  /// What is for the pictures of several, one at least, one after the other.
  static func joined(_ parts: [UNetConditioning]) throws(TensorError) -> UNetConditioning {
    let first = parts[0]
    if parts.count == 1 { return first }
    var keysAndValues: [[Tensor]] = []
    for (stage, tensors) in first.keysAndValues.enumerated() {
      var joined: [Tensor] = []
      for index in tensors.indices {
        joined.append(try Tensor.concatenatedBatch(parts.map { $0.keysAndValues[stage][index] }))
      }
      keysAndValues.append(joined)
    }
    let additions = parts.compactMap(\.timeAddition)
    return UNetConditioning(
      batch: parts.reduce(0) { $0 + $1.batch }, keysAndValues: keysAndValues,
      timeAddition: additions.isEmpty ? nil : try Tensor.concatenatedBatch(additions))
  }

  /// Whether these are the very keys and values, not only equal ones.
  func isSame(as other: UNetConditioning) -> Bool {
    let (mine, others) = (keysAndValues.joined(), other.keysAndValues.joined())
    return batch == other.batch && zip(mine, others).allSatisfy { $0.isSame(as: $1) }
  }
}
