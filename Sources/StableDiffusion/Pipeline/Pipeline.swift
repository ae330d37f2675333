public import Checkpoints
public import Generation
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

  let unet: UNet
  let decoder: VAEDecoder
  let scheduler: SchedulerConfig
  private let tokenizer: CLIPTokenizer
  private let textEncoder: TextEncoder
  private var prompts: (key: PromptKey, value: PromptPlan)?
  private var times: (plan: SamplingPlan, value: UNetTimeEmbeddings)?
  private var projection: LatentProjection?

  /// Loads a model.
  /// - Parameters:
  ///   - folder: The model.
  ///   - backend: The device; kept open as long as the pipeline lives.
  ///   - progress: Called after each part with the parts done and their number.
  /// - Throws: `CheckpointError`, `TokenizerError`, `TensorError`: what was expected and what was found.
  public init(
    folder: any ModelSource, backend: Backend, progress: ((_ done: Int, _ total: Int) -> Void)? = nil
  ) throws {
    self.backend = backend
    description = try folder.describe()
    scheduler = try folder.schedulerConfig()
    tokenizer = try CLIPTokenizer(folder)
    progress?(1, 4)
    textEncoder = try TextEncoder(folder, backend: backend)
    progress?(2, 4)
    decoder = try VAEDecoder(folder, backend: backend)
    progress?(3, 4)
    unet = try UNet(folder, backend: backend)
    progress?(4, 4)
    guard unet.config.crossAttentionWidth == textEncoder.config.width,
      unet.config.inputChannels == decoder.config.latentChannels,
      unet.config.outputChannels == decoder.config.latentChannels,
      tokenizer.vocabularySize <= textEncoder.config.vocabularySize
    else {
      throw UserError(code: "unusable_model", message: "the model's parts do not fit together: \(fit)")
    }
  }

  private var fit: String {
    "text width \(textEncoder.config.width) for \(unet.config.crossAttentionWidth), "
      + "latent channels \(decoder.config.latentChannels) for \(unet.config.inputChannels) "
      + "and \(unet.config.outputChannels), "
      + "\(tokenizer.vocabularySize) tokens for \(textEncoder.config.vocabularySize)"
  }

  /// Starts picture `index` of a request, which is the same picture as the only one of a request with
  /// seed + index: encodes the prompts unless the last call had the same, draws the first noise.
  /// - Throws: `UserError` for names, sizes and steps the model cannot do; `TensorError`.
  public func begin(_ request: GenerationRequest, image index: Int) throws -> Denoising {
    let (definition, kind) = try Samplers.choose(request.sampler, request.schedule)
    try checkSize(request)
    let config = scheduler.corrected(for: definition.schedulerClass.rawValue)
    let builder = try PlanBuilder(config, steps: request.steps, isXL: description.family == "sdxl")
    let options = SamplerOptions(request, config)
    let plan = try definition.plan(builder, kind, options)
    let key = PromptKey(request, definition.guidanceFactor)
    if prompts?.key != key { prompts = nil }
    let prompt = try prompts?.value ?? promptPlan(request, definition.guidanceFactor)
    prompts = (key, prompt)
    if times?.plan != plan { times = nil }
    let time = try times?.value ?? unet.timeEmbeddings(plan.evaluations.map(\.timestep))
    times = (plan, time)
    let scale = decoder.config.scale
    let shape: Shape = [1, request.height / scale, request.width / scale, decoder.config.latentChannels]
    let noise = NoiseSettings(request, image: index, usesSeedDelta: definition.usesSeedDelta)
    return Denoising(
      self,
      loop: try SamplingLoop(
        plan, definition.make(plan, builder, options), type: scheduler.predictionType,
        noise: PictureNoise(noise, shape: shape, backend: backend)),
      time: time, prompt: prompt, steps: request.steps)
  }

  private func checkSize(_ request: GenerationRequest) throws(UserError) {
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
  private func promptPlan(_ request: GenerationRequest, _ guidanceFactor: Double?) throws -> PromptPlan {
    let layers = textEncoder.config.layers
    let skip = (request.clipSkip ?? 1) - 1
    guard (0..<layers).contains(skip) else {
      throw UserError(
        code: "out_of_range",
        message: "clip_skip must be between 1 and \(layers) for this model; got \(skip + 1)",
        field: "clip_skip")
    }
    let encoder = PromptEncoder(
      tokenizer, textEncoder, skip: skip, emphasis: request.emphasis ?? .original)
    return try PromptPlan(request, encoder, unet, guidanceFactor: guidanceFactor)
  }

  /// The preview's projection, fitted at the first preview.
  func latentProjection() throws -> LatentProjection {
    if let projection { return projection }
    let fitted = try LatentProjection(fitting: decoder, backend: backend)
    projection = fitted
    return fitted
  }
}

/// What a prompt plan depends on.
///
/// Canonically equal prompts are equal: the tokenizer composes them.
private struct PromptKey: Equatable {
  var prompt: String
  var negativePrompt: String
  var clipSkip: Int?
  var emphasis: EmphasisMode?
  var guidanceFactor: Double?
  var guidanceScale: Double
  var steps: Int

  init(_ request: GenerationRequest, _ guidanceFactor: Double?) {
    prompt = request.prompt
    negativePrompt = request.negativePrompt
    clipSkip = request.clipSkip
    emphasis = request.emphasis
    self.guidanceFactor = guidanceFactor
    guidanceScale = request.guidanceScale
    steps = request.steps
  }
}

extension Pipeline {
  /// Channels of the latents.
  public var latentChannels: Int { decoder.config.latentChannels }
  /// Pixels a latent, along a side.
  public var latentScale: Int { decoder.config.scale }
}
