internal import Checkpoints
internal import Pictures
internal import Tensors

/// A linear map from latents to colours, fitted to a model's own decoder, for previews.
///
/// The decoder is run once on small smooth random latents; colours of the middle of each patch are then fitted
/// by least squares on the latents' channels and a constant.
struct LatentProjection {
  /// By colour: one factor a channel, then the constant.
  private let rows: [[Double]]

  /// Patches a side and latents a patch's side, in the picture the map is fitted on.
  private static let patches = 4, patchSide = 2

  init(fitting decoder: VAEDecoder) throws {
    let channels = decoder.config.latentChannels
    let side = Self.patches * Self.patchSide
    var noise = TorchNoise(seed: 0)
    let values = noise.normal(Self.patches * Self.patches * channels)
    var latents = [Float](repeating: 0, count: side * side * channels)
    for y in 0..<side {
      for x in 0..<side {
        let patch = (y / Self.patchSide) * Self.patches + x / Self.patchSide
        for channel in 0..<channels {
          latents[(y * side + x) * channels + channel] = values[patch * channels + channel]
        }
      }
    }
    let tensor = try decoder.backend.tensor(latents, shape: [1, side, side, channels])
    let decoded = try decoder.decode(decoder.unscaled(tensor))
    let colours = try decoded.floats().map(Double.init)
    let inputs = (0..<Self.patches * Self.patches).map { patch in
      (0..<channels).map { Double(values[patch * channels + $0]) } + [1]
    }
    let scale = decoded.shape[1] / side
    rows = (0..<3).map { colour in
      let targets = (0..<inputs.count).map { patch in
        Self.mean(colours, colour, patch: patch, size: Self.patchSide * scale)
      }
      return LeastSquares.solve(inputs, targets)
    }
  }

  /// A colour's mean over a patch of a picture.
  private static func mean(_ colours: [Double], _ colour: Int, patch: Int, size: Int) -> Double {
    let width = patches * size
    let (top, left) = (patch / patches * size, patch % patches * size)
    var sum = 0.0
    for y in top..<top + size {
      for x in left..<left + size { sum += colours[(y * width + x) * 3 + colour] }
    }
    return sum / Double(size * size)
  }

  /// The colours of latents [1, h, w, channels], one pixel each.
  func picture(_ latents: Tensor) throws -> Picture {
    let values = try latents.floats()
    let (height, width, channels) = (latents.shape[1], latents.shape[2], latents.shape[3])
    var rgb: [UInt8] = []
    rgb.reserveCapacity(height * width * 3)
    for pixel in 0..<height * width {
      for row in rows {
        var sum = row[channels]
        for channel in 0..<channels { sum += row[channel] * Double(values[pixel * channels + channel]) }
        let colour = ((sum / 2 + 0.5) * 255).rounded()
        rgb.append(colour.isNaN ? 0 : UInt8(max(0, min(255, colour))))
      }
    }
    return Picture(width: width, height: height, rgb: rgb)
  }
}
