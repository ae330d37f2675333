public import Checkpoints
public import Generation
internal import Layers
internal import Pictures
public import Tensors

/// A loaded model: from a request to pictures.
///
/// Confined to one thread at a time, the device's; not Sendable for that reason. What pictures of one request
/// share (the prompt's conditioning, the time embeddings) is kept between calls of `begin`.
public final class Pipeline {
  /// The model, as capabilities show it, without its hash.
  public let description: ModelDescription
  /// The device it runs on.
  public let backend: Backend

  /// The files that tags in prompts, words and requests may name.
  public var extras = ExtraFiles.none
  /// Finds an upscaler that is a model of its own, for hires fix; finds none unless told otherwise.
  public var findUpscaler: (_ name: String) throws -> Upscaler? = { _ in nil }

  /// Whether memory comes before time: one text's prediction at a time, nothing recorded, pictures in bands.
  public var isSparing = false {
    didSet { if isSparing { giveMemoryBack() } }
  }

  let model: any ModelSource
  /// The model's own, on a device whose numbers hold its activations.
  let decoder: VAEDecoder
  let scheduler: SchedulerConfig
  /// Whether the UNet has the five further channels of an inpainting model.
  let takesMask: Bool
  /// Whether the model has a safety checker, and the checker once it was asked.
  let hasSafetyChecker: Bool
  var loadedSafetyChecker: SafetyChecker?
  private let tokenizer: CLIPTokenizer
  let networks: AdaptedNetworks
  let family: ModelFamily
  var otherDecoder: (identity: String, decoder: VAEDecoder)?
  private var embeddings: EmbeddingTable?
  var loadedEncoder: (identity: String, encoder: VAEEncoder)?
  private var prompts: [(key: PromptKey, value: PromptPlan)] = []
  private var times: [(plan: SamplingPlan, key: String, value: UNetTimeEmbeddings)] = []
  /// Passes over the pictures made at a time, two of each, for which something is kept.
  private let passes: Int
  private var projection: LatentProjection?

  /// Loads a model.
  /// - Parameters:
  ///   - folder: The model.
  ///   - backend: The device; kept open as long as the pipeline lives.
  ///   - sharing: Pictures whose steps may be joined; each number of them may be recorded.
  ///   - progress: Called after each part with the parts done and their number.
  /// - Throws: `CheckpointError`, `TokenizerError`, `TensorError`: what was expected and what was found.
  public init(
    folder: any ModelSource, backend: Backend, sharing: Int = 1,
    progress: ((_ done: Int, _ total: Int) -> Void)? = nil
  ) throws {
    self.backend = backend
    passes = 2 * sharing
    model = folder
    description = try folder.describe()
    family = try folder.family()
    scheduler = try folder.schedulerConfig()
    tokenizer = try CLIPTokenizer(folder)
    progress?(1, 4)
    decoder = try VAEDecoder(folder, backend: Self.decoderBackend(folder, family, backend))
    hasSafetyChecker = try folder.safetyCheckerConfig() != nil
    takesMask = try folder.unetConfig().inputChannels == 2 * decoder.config.latentChannels + 1
    progress?(2, 4)
    // Weights that LoRAs replaced are kept up to half a model.
    networks = AdaptedNetworks(
      folder, backend: backend, spareBytes: description.bytes / 2, recordings: 3 + sharing)
    let loaded = try networks.load { progress?(3, 4) }
    progress?(4, 4)
    try check(loaded)
  }

  private func check(_ networks: AdaptedNetworks.Networks) throws(UserError) {
    let (unet, textEncoder, second) = (networks.unet, networks.textEncoder, networks.second)
    guard unet.config.crossAttentionWidth == networks.textWidth,
      unet.config.addition?.pooledWidth == second?.encoder.config.projectionWidth,
      second.map({ $0.tokenizer.vocabularySize <= $0.encoder.config.vocabularySize }) ?? true,
      unet.config.inputChannels == decoder.config.latentChannels || takesMask,
      unet.config.outputChannels == decoder.config.latentChannels,
      tokenizer.vocabularySize <= textEncoder.config.vocabularySize
    else {
      throw UserError(
        code: "unusable_model", message: "the model's parts do not fit together: \(fit(unet, textEncoder))")
    }
  }

  private func fit(_ unet: UNet, _ textEncoder: TextEncoder) -> String {
    "text width \(textEncoder.config.width) for \(unet.config.crossAttentionWidth), "
      + "latent channels \(decoder.config.latentChannels) for \(unet.config.inputChannels) "
      + "and \(unet.config.outputChannels), "
      + "\(tokenizer.vocabularySize) tokens for \(textEncoder.config.vocabularySize)"
  }

  /// Starts picture `index` of a request, which is the same picture as the only one of a request with
  /// seed + index: encodes the prompts unless the last calls had the same, draws the first noise.
  /// - Parameter source: What `prepare` made of the request's source picture; nil for one that starts from none.
  /// - Throws: `UserError` for names, sizes, steps and files the model cannot do; `TensorError`.
  public func begin(
    _ request: GenerationRequest, image index: Int, from source: PreparedSource? = nil
  ) throws -> Denoising {
    try checkSize(request)
    let planned = try PlannedPass.first(request, self)
    let second = try PlannedPass.hires(request, self)
    let decoder = try decoder(for: request)
    let first: DenoisingPass
    if let source {
      first = try start(planned, image: index, from: source)
    } else {
      guard !request.mode.needsPicture else { throw Self.missingSource(request.mode) }
      first = try start(planned, image: index)
    }
    var denoising = Denoising(
      self, image: index, first: first,
      then: try second.map { (pass: $0, upscaler: try upscaler(for: $0.request)) }, source: source,
      decoder: decoder.decoder)
    let asked = try PromptExtras(request.prompt, extras)
    denoising.extras =
      asked.used + first.prompt.embeddings().map { UsedExtra(name: $0.name, file: $0.file) }
    if let file = decoder.file { denoising.extras.append(UsedExtra(name: file.description.name, file: file)) }
    return denoising
  }

  /// Where autoencoders run: SDXL's leaves float16's range, which its configuration says.
  private static func decoderBackend(
    _ model: any ModelSource, _ family: ModelFamily, _ backend: Backend
  ) throws -> Backend {
    guard family == .sdxl, backend.activationType == .float16, try model.vaeConfig().exceedsFloat16 else {
      return backend
    }
    return try backend.wider() ?? backend
  }

  /// The picture of latents [1, height, width, channels].
  /// - Throws: `UserError` `nan` when the model gave numbers that are not finite; `TensorError`.
  func decode(_ latents: Tensor, by decoder: VAEDecoder, tiles: Bool) throws -> Picture {
    let unscaled = try decoder.unscaled(latents).moved(to: decoder.backend)
    let rows = isSparing && !tiles ? VAEDecoder.defaultBandRows : nil
    let decoded = try decoder.backend.wrapping(tiles) { try decoder.decode(unscaled, bandRows: rows) }
    let wrong = try decoded.nonFiniteCount()
    guard wrong == 0 else {
      throw UserError(
        code: "nan",
        message: "the model gave \(wrong) of \(decoded.count) values that are not finite; expected none. "
          + "Other settings or full precision may help")
    }
    return Picture(width: decoded.shape[2], height: decoded.shape[1], rgb: try decoded.imageBytes())
  }

  /// The encoder of the autoencoder a request asks for, loaded when it is first needed: many pictures start from
  /// none.
  func encoder(for request: GenerationRequest) throws -> VAEEncoder {
    let file = try request.vae.map { try extras.find(.vae, $0, field: "vae") }
    let identity = file?.identity ?? ""
    if let loadedEncoder, loadedEncoder.identity == identity { return loadedEncoder.encoder }
    loadedEncoder = nil
    let source: any ModelSource = try file.map { try ModelWithVAE(model, $0.openVAE()) } ?? model
    guard try source.weights(of: .vae).contains("encoder.conv_in.weight") else {
      throw UserError(
        code: "no_encoder",
        message: "the autoencoder has no encoder, so no picture can be the start",
        field: file == nil ? "model" : "vae")
    }
    let encoder = try VAEEncoder(source, backend: decoder.backend)
    loadedEncoder = (identity, encoder)
    return encoder
  }

  /// The autoencoder a request asks for: the model's own, or that of a file, kept until another one is asked for.
  func decoder(for request: GenerationRequest) throws -> (decoder: VAEDecoder, file: ExtraFile?) {
    guard let name = request.vae else { return (decoder, nil) }
    let file = try extras.find(.vae, name, field: "vae")
    if let otherDecoder, otherDecoder.identity == file.identity { return (otherDecoder.decoder, file) }
    otherDecoder = nil
    do {
      let other = try VAEDecoder(ModelWithVAE(model, file.openVAE()), backend: decoder.backend)
      guard other.config.latentChannels == decoder.config.latentChannels,
        other.config.scale == decoder.config.scale
      else {
        throw CheckpointError.unknownLayout(
          file: file.fileName,
          reason:
            "has \(other.config.latentChannels) latent channels and \(other.config.scale) pixels a latent; "
            + "the model needs \(decoder.config.latentChannels) and \(decoder.config.scale)")
      }
      otherDecoder = (file.identity, other)
      return (other, file)
    } catch let error as CheckpointError {
      throw UserError(
        code: "unusable_vae", message: "vae '\(ExtraNetwork.shown(name))': \(error)", field: "vae")
    }
  }

  func checkSize(_ request: GenerationRequest) throws(UserError) {
    let scale = decoder.config.scale
    for (field, side) in [("width", request.width), ("height", request.height)] {
      guard side >= scale, side.isMultiple(of: scale) else {
        throw UserError(
          code: "not_a_multiple",
          message: "\(field) must be a multiple of \(scale) for this model; got \(side)",
          field: field)
      }
    }
  }

  /// What the prompts are at each step.
  func promptPlan(
    _ request: GenerationRequest, after first: Int, _ asked: PromptExtras,
    _ networks: AdaptedNetworks.Networks, _ guidanceFactor: Double?
  ) throws -> PromptPlan {
    let (textEncoder, second) = (networks.textEncoder, networks.second)
    let layers = min(textEncoder.config.layers, second?.encoder.config.layers ?? .max)
    // SDXL reads the last state but one in any case.
    let skip = max((request.clipSkip ?? 1) - 1, second == nil ? 0 : 1)
    guard (0..<layers).contains(skip) else {
      throw UserError(
        code: "out_of_range",
        message: "clip_skip must be between 1 and \(layers) for this model; got \(skip + 1)",
        field: "clip_skip")
    }
    let embeddings = embeddingTable(width: textEncoder.config.width, second: second?.encoder.config.width)
    let key = PromptKey(request, after: first, guidanceFactor, extras: asked.key + embeddings.identity)
    if let known = prompts.first(where: { $0.key == key }) { return known.value }
    let encoder = PromptEncoder(
      tokenizer, textEncoder, second: second, skip: skip, emphasis: request.emphasis ?? .original,
      embeddings: embeddings)
    let plan = PromptPlan(
      request, prompt: asked.prompt, after: first, encoder, networks.unet, guidanceFactor: guidanceFactor,
      zeroesEmptyNegative: model.zeroesEmptyNegativePrompt)
    prompts = prompts.suffix(passes - 1) + [(key, plan)]
    return plan
  }

  /// The embeddings of a plan's timesteps, kept for as many passes as a picture has.
  func timeEmbeddings(
    _ plan: SamplingPlan, _ unet: UNet, _ request: GenerationRequest, _ asked: PromptExtras
  ) throws -> UNetTimeEmbeddings {
    let guidance = unet.config.guidanceEmbeddingWidth.map { _ in Float(request.guidanceScale) }
    let key = asked.key + (guidance.map { " \($0)" } ?? "")
    if let known = times.first(where: { $0.plan == plan && $0.key == key }) { return known.value }
    let value = try unet.timeEmbeddings(plan.evaluations.map(\.timestep), guidanceScale: guidance ?? 1)
    times = times.suffix(passes - 1) + [(plan, key, value)]
    return value
  }

  /// The embeddings there are now, by the tokens of their names.
  private func embeddingTable(width: Int, second: Int?) -> EmbeddingTable {
    let files = extras.files(.embedding)
    let table = EmbeddingTable(files, tokenizer, width: width, second: second)
    if let embeddings, embeddings.identity == table.identity { return embeddings }
    embeddings = table
    return table
  }

  /// The preview's projection, fitted at the first preview.
  func latentProjection() throws -> LatentProjection {
    if let projection { return projection }
    let fitted = try LatentProjection(fitting: decoder)
    projection = fitted
    return fitted
  }
}

extension Pipeline {
  /// Channels of the latents.
  public var latentChannels: Int { decoder.config.latentChannels }
  /// Pixels a latent, along a side.
  public var latentScale: Int { decoder.config.scale }

  /// Sets how many bytes of weights that are not in use, of other LoRAs or of none, are kept for the next jobs.
  public func limit(spareBytes: Int) { networks.store.limit(spareBytes: spareBytes) }
}
