public import Checkpoints
import Layers
public import Tensors

/// The decoder of diffusers' `AutoencoderKL`: latents to a picture.
///
/// Runs on the backend's device, one thread at a time.
public struct VAEDecoder: Sendable {
  /// The sizes of the network.
  public let config: VAEConfig
  /// The device it runs on.
  public let backend: Backend
  private let postQuant: Conv2d?
  private let input: Conv2d
  private let middle: VAEMidBlock
  private let levels: [Level]
  private let outputNorm: GroupNorm
  private let output: Conv2d
  private let graphs: GraphCache<Shape, VAEGraph>?

  /// Residual layers at one size, then enlargement to the next.
  private struct Level: Sendable {
    let resnets: [ResnetBlock]
    let upsample: Upsample?
  }

  /// Loads the decoder's half of `vae`; throws `CheckpointError` or `TensorError`.
  public init(_ model: any ModelSource, backend: Backend) throws {
    let config = try model.vaeConfig()
    let weights = try model.weights(of: .vae)
    let loader = LayerLoader(weights, backend: backend)
    let latent = config.latentChannels
    let place = loader["decoder"]
    let widest = config.blockOutputChannels.last ?? 0
    let finest = config.blockOutputChannels.first ?? 0
    self.config = config
    self.backend = backend
    graphs = RecordedGraph.isServed(by: backend) ? GraphCache(limit: 2) : nil
    postQuant =
      config.usesPostQuantConv
      ? try Conv2d(loader["post_quant_conv"], inputs: latent, outputs: latent, kernel: 1) : nil
    input = try Conv2d(place["conv_in"], inputs: latent, outputs: widest, kernel: 3)
    middle = try VAEMidBlock(place["mid_block"], channels: widest, config)
    levels = try Self.levels(place["up_blocks"], config)
    outputNorm = try GroupNorm(
      place["conv_norm_out"], channels: finest, groups: config.normGroups, epsilon: 1e-6)
    output = try Conv2d(place["conv_out"], inputs: finest, outputs: config.pictureChannels, kernel: 3)
    try weights.finish { $0.hasPrefix("encoder.") || $0.hasPrefix("quant_conv.") }
  }

  private static func levels(_ loader: LayerLoader, _ config: VAEConfig) throws -> [Level] {
    let widths = Array(config.blockOutputChannels.reversed())
    var channels = widths.first ?? 0
    return try widths.enumerated().map { index, width in
      let place = loader[index]
      let resnets = try (0...config.layersPerBlock).map { layer in
        let sizes = ResnetBlock.Sizes(
          inputs: layer == 0 ? channels : width, outputs: width, groups: config.normGroups, epsilon: 1e-6)
        return try ResnetBlock(place["resnets"][layer], sizes)
      }
      channels = width
      let upsample =
        index < widths.count - 1 ? try Upsample(place["upsamplers"][0], channels: width) : nil
      return Level(resnets: resnets, upsample: upsample)
    }
  }

  /// The autoencoder's own latents from the diffusion model's: x / scaling factor + shift.
  public func unscaled(_ latents: Tensor) throws -> Tensor {
    try latents.scaled(by: 1 / config.scalingFactor, adding: config.shiftFactor)
  }

  /// Pictures [batch, scale·h, scale·w, 3], float32, about −1…1, of the autoencoder's own latents
  /// [batch, h, w, channels].
  ///
  /// Latents of the diffusion model go through `unscaled` first.
  /// Where a large picture would take much of the device's memory, the last level is computed in bands of rows,
  /// which takes half of it and more time; `bandRows` asks for it. On a device that records, decodings of a size
  /// are recorded where that leaves most of its memory free.
  public func decode(_ latents: Tensor, bandRows: Int? = nil) throws -> Tensor {
    guard latents.shape.rank == 4, latents.shape[3] == config.latentChannels else {
      throw TensorError.shape(
        operation: "vae decoder", expected: "latents [batch, h, w, \(config.latentChannels)]",
        found: "\(latents.shape)")
    }
    // A band has no opposite edge.
    let whole = latents.backend.isWrapping
    let rows = bandRows ?? (takes(latents, aPartOf: 4) && !whole ? Self.defaultBandRows : nil)
    if let graphs, rows == nil, !whole, !backend.isProfiled, !takes(latents, aPartOf: 64) {
      return try graphs.perform(
        latents.shape,
        record: { try VAEGraph(latents) { latents throws(TensorError) in try run(latents, bandRows: nil) } },
        replay: { try $0.decode(latents) }, run: { try runOrBand(latents, rows, whole) })
    }
    return try runOrBand(latents, rows, whole)
  }

  /// Gives the memory of what was recorded back.
  public func forgetRecordings() { graphs?.removeAll() }

  private func runOrBand(_ latents: Tensor, _ rows: Int?, _ whole: Bool) throws(TensorError) -> Tensor {
    do throws(TensorError) { return try run(latents, bandRows: rows) } catch {
      guard case .outOfMemory = error, rows == nil, !whole else { throw error }
      latents.backend.releaseCachedMemory()
      return try run(latents, bandRows: Self.defaultBandRows)
    }
  }

  /// Bytes of kept memory that are not worth giving back.
  private static let cacheLimit = 128 << 20

  /// Gives back what the denoising network or smaller levels worked in, which does not fit what comes.
  ///
  /// Decoding is where memory is scarcest. On a processor that costs nothing; elsewhere the device would have to be
  /// waited for.
  private func giveBackMemory() {
    if backend.name.hasPrefix("cpu"), backend.bytesCached > Self.cacheLimit { backend.releaseCachedMemory() }
  }

  /// Enough that a band's margins are little beside it.
  public static let defaultBandRows = 128

  /// Whether the last level, at its widest four tensors of its channels, takes more than this part of the memory.
  private func takes(_ latents: Tensor, aPartOf parts: Int) -> Bool {
    guard let memory = latents.backend.memoryBytes else { return false }
    let pixels = latents.shape[1] * latents.shape[2] * config.scale * config.scale
    let channels = config.blockOutputChannels.first ?? 0
    return 4 * pixels * channels * backend.activationType.size > memory / parts
  }

  private func run(_ latents: Tensor, bandRows: Int?) throws(TensorError) -> Tensor {
    giveBackMemory()
    var x = latents
    if let postQuant { x = try postQuant(x) }
    x = try middle(input(x))
    for (index, level) in levels.enumerated() {
      giveBackMemory()
      if let bandRows, index == levels.count - 1, x.shape[0] == 1 {
        let bands = VAEBands(
          resnets: level.resnets, outputNorm: outputNorm, output: output, rows: bandRows)
        return try bands.decode(x)
      }
      for resnet in level.resnets { x = try resnet(x, overwriting: true) }
      if let upsample = level.upsample {
        x = try upsample(x, height: 2 * x.shape[1], width: 2 * x.shape[2])
      }
    }
    return try output(
      x, normalisedBy: outputNorm.factors(x, activation: .silu), then: Epilogue(outputType: .float32))
  }
}
