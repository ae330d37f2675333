internal import Tensors

/// The normal distribution of a picture's latents, drawn from anew for each picture of a request.
struct LatentMoments {
  let width: Int
  let height: Int
  let channels: Int
  /// In the order of [channels, height, width], as generators draw.
  private let mean: [Float]
  private let deviation: [Float]

  init(_ posterior: VAEEncoder.Posterior) throws(TensorError) {
    let shape = posterior.mean.shape
    (height, width, channels) = (shape[1], shape[2], shape[3])
    mean = try posterior.mean.channelsFirstFloats()
    deviation = try posterior.logVariance.channelsFirstFloats().map { exponential($0 / 2) }
  }

  /// How many values a draw has.
  var count: Int { mean.count }

  /// Latents of the diffusion model [1, height, width, channels] in memory order.
  /// - Parameter noise: `count` normal values in the order of [channels, height, width]; nil for the mean.
  func latents(_ noise: [Float]?, _ config: LatentScale) -> [Float] {
    var result = [Float](repeating: 0, count: count)
    for channel in 0..<channels {
      for pixel in 0..<width * height {
        let index = channel * width * height + pixel
        let value = mean[index] + (noise.map { deviation[index] * $0[index] } ?? 0)
        result[pixel * channels + channel] = (value - config.shift) * config.factor
      }
    }
    return result
  }
}

/// From an autoencoder's own latents to the diffusion model's: (z − shift) · factor.
struct LatentScale {
  var factor: Float
  var shift: Float
}

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// e^x.
private func exponential(_ x: Float) -> Float { expf(x) }
