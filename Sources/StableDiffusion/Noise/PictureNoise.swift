public import Tensors

/// All the noise of one picture: its first latents, fresh noise for steps, and Brownian motion.
///
/// Values are drawn in PyTorch's order, [channels, height, width], and given as float32 tensors
/// [1, height, width, channels] whatever activations are stored as.
public struct PictureNoise {
  private let settings: NoiseSettings
  private let shape: Shape
  private let backend: Backend
  private let tree: BrownianTree
  private var source: any NoiseSource

  /// Noise for latents of `shape`, [1, height, width, channels].
  public init(_ settings: NoiseSettings, shape: Shape, backend: Backend) {
    self.settings = settings
    self.shape = shape
    self.backend = backend
    tree = BrownianTree(seed: settings.seed)
    source = settings.source(settings.seed)
  }

  /// The first noise, towards the variation seed's as far as asked; steps then go on with the same generator, or
  /// with that of seed + delta.
  mutating func first() throws(TensorError) -> Tensor {
    let (height, width) = settings.drawnAt ?? (height: shape[1], width: shape[2])
    let isResized = height != shape[1] || width != shape[2]
    let count = height * width * shape[3]
    var drawn = settings.source(settings.seed)
    var values = isResized ? drawn.normal(count) : source.normal(count)
    if let (seed, strength) = settings.variation, strength != 0 {
      var other = settings.source(seed)
      values = NoiseBlend.slerp(
        values, other.normal(count), by: strength, channels: shape[3], height: height, width: width)
    }
    if isResized {
      // The picture's own noise is drawn as well: it shows where the other does not reach.
      values = NoiseBlend.centred(
        values, (height, width), in: source.normal(shape.count), (shape[1], shape[2]), channels: shape[3])
    }
    if settings.stepSeedDelta != 0 { source = settings.source(settings.seed &+ settings.stepSeedDelta) }
    return try tensor(values)
  }

  /// The generator's next values, in the order of [channels, height, width]: an autoencoder's, before the first
  /// noise or after it.
  mutating func draw(_ count: Int) -> [Float] { source.normal(count) }

  /// Fresh normal noise.
  mutating func fresh() throws(TensorError) -> Tensor { try tensor(source.normal(shape.count)) }

  /// The increment of the picture's Brownian motion between two σ, scaled to variance 1.
  func brownian(from: Double, to: Double) throws(TensorError) -> Tensor {
    try tensor(tree.increment(from: from, to: to, count: shape.count))
  }

  private func tensor(_ values: [Float]) throws(TensorError) -> Tensor {
    let (pixels, channels) = (shape[1] * shape[2], shape[3])
    var turned = [Float](repeating: 0, count: values.count)
    for channel in 0..<channels {
      for pixel in 0..<pixels { turned[pixel * channels + channel] = values[channel * pixels + pixel] }
    }
    return try backend.parameters(turned, shape: shape)
  }
}
