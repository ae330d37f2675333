public import Checkpoints
import Layers
public import Tensors

/// The encoder of diffusers' `AutoencoderKL`: a picture to the normal distribution of its latents.
///
/// Runs on the backend's device, one thread at a time.
public struct VAEEncoder: Sendable {
  /// What a picture's latents are drawn from: independent normals.
  public struct Posterior: Sendable {
    /// Their means, [batch, h, w, channels]; also the most likely latents.
    public let mean: Tensor
    /// The logarithms of their variances, within −30…20.
    public let logVariance: Tensor
  }

  /// The sizes of the network.
  public let config: VAEConfig
  private let input: Conv2d
  private let levels: [Level]
  private let middle: VAEMidBlock
  private let outputNorm: GroupNorm
  private let output: Conv2d?
  private let mean: Conv2d
  private let logVariance: Conv2d

  /// Residual layers at one size, then reduction to the next.
  private struct Level: Sendable {
    let resnets: [ResnetBlock]
    let downsample: Downsample?
  }

  /// Loads the encoder's half of `vae`; throws `CheckpointError` or `TensorError`.
  public init(_ model: any ModelSource, backend: Backend) throws {
    let config = try model.vaeConfig()
    let weights = try model.weights(of: .vae)
    let loader = LayerLoader(weights, backend: backend)
    let (latent, place) = (config.latentChannels, loader["encoder"])
    let widest = config.blockOutputChannels.last ?? 0
    let finest = config.blockOutputChannels.first ?? 0
    self.config = config
    input = try Conv2d(place["conv_in"], inputs: config.pictureChannels, outputs: finest, kernel: 3)
    levels = try Self.levels(place["down_blocks"], config)
    middle = try VAEMidBlock(place["mid_block"], channels: widest, config)
    outputNorm = try GroupNorm(
      place["conv_norm_out"], channels: widest, groups: config.normGroups, epsilon: 1e-6)
    // The last convolution gives means and log variances side by side: loaded as two, they come apart.
    let last = config.usesQuantConv ? loader["quant_conv"] : place["conv_out"]
    let (inputs, kernel) = config.usesQuantConv ? (2 * latent, 1) : (widest, 3)
    output =
      config.usesQuantConv
      ? try Conv2d(place["conv_out"], inputs: widest, outputs: 2 * latent, kernel: 3) : nil
    mean = try Conv2d(last, inputs: inputs, outputs: 2 * latent, kernel: kernel, rows: 0..<latent)
    logVariance = try Conv2d(
      last, inputs: inputs, outputs: 2 * latent, kernel: kernel, rows: latent..<2 * latent)
    try weights.finish { $0.hasPrefix("decoder.") || $0.hasPrefix("post_quant_conv.") }
  }

  private static func levels(_ loader: LayerLoader, _ config: VAEConfig) throws -> [Level] {
    let widths = config.blockOutputChannels
    var channels = widths.first ?? 0
    return try widths.enumerated().map { index, width in
      let place = loader[index]
      let resnets = try (0..<config.layersPerBlock).map { layer in
        let sizes = ResnetBlock.Sizes(
          inputs: layer == 0 ? channels : width, outputs: width, groups: config.normGroups, epsilon: 1e-6)
        return try ResnetBlock(place["resnets"][layer], sizes)
      }
      channels = width
      let downsample =
        index < widths.count - 1
        ? try Downsample(place["downsamplers"][0], channels: width, geometry: .halvingBottomRight) : nil
      return Level(resnets: resnets, downsample: downsample)
    }
  }

  /// The posterior of pictures [batch, height, width, 3], −1…1; sizes are multiples of `config.scale`.
  ///
  /// Latents for the diffusion model are (z − shift) · scaling factor: see `scaled`.
  public func encode(_ pictures: Tensor) throws -> Posterior {
    let shape = pictures.shape
    guard shape.rank == 4, shape[3] == config.pictureChannels, shape[1] % config.scale == 0,
      shape[2] % config.scale == 0
    else {
      throw TensorError.shape(
        operation: "vae encoder",
        expected: "[batch, height, width, \(config.pictureChannels)], multiples of \(config.scale)",
        found: "\(shape)")
    }
    let hidden = try run(pictures)
    return Posterior(
      mean: try mean(hidden), logVariance: try logVariance(hidden).scaled(by: 1, clampedTo: -30...20))
  }

  /// The diffusion model's latents from the autoencoder's own: (z − shift) · scaling factor.
  public func scaled(_ latents: Tensor) throws -> Tensor {
    try latents.scaled(by: config.scalingFactor, adding: -config.shiftFactor * config.scalingFactor)
  }

  private func run(_ pictures: Tensor) throws(TensorError) -> Tensor {
    var x = try input(pictures)
    for level in levels {
      for resnet in level.resnets { x = try resnet(x) }
      if let downsample = level.downsample { x = try downsample(x) }
    }
    x = try outputNorm(middle(x), activation: .silu)
    if let output { x = try output(x) }
    return x
  }
}
