import Checkpoints
import Layers
import Tensors

/// What SDXL adds to the time embedding: the pooled text and the picture's size (Podell 2023, section 2.2).
struct UNetAddition: Sendable {
  /// Six numbers: the original picture's height and width, where the crop begins, the target's height and width.
  typealias Sizes = [Float]

  private let sizes: UNetConfig.Addition
  private let sinusoids: TimestepEmbedding
  private let first: Linear
  private let second: Linear

  init(_ loader: LayerLoader, _ sizes: UNetConfig.Addition, _ config: UNetConfig) throws {
    self.sizes = sizes
    sinusoids = TimestepEmbedding(
      dimension: sizes.numberWidth, flipSinToCos: config.flipsSinToCos,
      downscaleFreqShift: config.frequencyShift)
    let time = config.timeEmbeddingChannels
    first = try Linear(loader["linear_1"], inputs: sizes.inputs, outputs: time)
    second = try Linear(loader["linear_2"], inputs: time, outputs: time)
  }

  /// The addend of each text, [texts, time channels], of their pooled vectors [texts, pooled width].
  func callAsFunction(pooled: Tensor, _ numbers: Sizes, backend: Backend) throws -> Tensor {
    guard pooled.shape.rank == 2, pooled.shape[1] == sizes.pooledWidth, numbers.count == 6 else {
      throw TensorError.shape(
        operation: "unet", expected: "pooled text [batch, \(sizes.pooledWidth)] and six numbers",
        found: "\(pooled.shape) and \(numbers.count)")
    }
    let size = try backend.timestepEmbedding(numbers, sinusoids).floats()
    let texts = try pooled.floats()
    let rows = (0..<pooled.shape[0]).flatMap { row in
      texts[row * sizes.pooledWidth..<(row + 1) * sizes.pooledWidth] + size
    }
    let input = try backend.tensor(rows, shape: [pooled.shape[0], sizes.inputs])
    return try second(first(input, activation: .silu))
  }
}
