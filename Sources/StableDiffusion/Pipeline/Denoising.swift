internal import Generation
public import Tensors

/// The one denoising loop, as an iterator: the caller owns the loop, so progress, preview and cancellation need
/// no callbacks.
///
///     var denoising = try pipeline.begin(request, image: 0)
///     while try denoising.step() { report(denoising.done, denoising.total) }
///     let picture = try denoising.finish()
///
/// Belongs to its pipeline's thread.
public struct Denoising {
  /// Model evaluations in the whole picture: two a step for some samplers; an estimate for DPM adaptive.
  public var total: Int { loop.total }
  /// Model evaluations done.
  public var done: Int { loop.done }
  /// The latents now, [1, height, width, channels] in float32.
  public var latents: Tensor { loop.latents }

  /// The files the picture is made with beside the model.
  public internal(set) var extras: [UsedExtra] = []

  private let pipeline: Pipeline
  private let unet: UNet
  private let decoder: VAEDecoder
  private let time: UNetTimeEmbeddings
  private let prompt: PromptPlan
  private let steps: Int
  private var loop: SamplingLoop

  init(
    _ pipeline: Pipeline, unet: UNet, decoder: VAEDecoder, loop: SamplingLoop, time: UNetTimeEmbeddings,
    prompt: PromptPlan, steps: Int
  ) {
    self.pipeline = pipeline
    self.unet = unet
    self.decoder = decoder
    self.time = time
    self.prompt = prompt
    self.steps = steps
    self.loop = loop
  }

  /// Makes one model evaluation and the step that follows.
  /// - Returns: Whether there was one to make.
  /// - Throws: `TensorError`.
  public mutating func step() throws -> Bool {
    let index = loop.done
    return try loop.step { [self] input, evaluation in try predict(input, evaluation, index) }
  }

  /// The guided prediction: what each part of the prompt predicts, by its share.
  private func predict(
    _ latents: Tensor, _ evaluation: SamplingPlan.Evaluation, _ index: Int
  ) throws -> ModelOutput {
    let input = try latents.converted(to: pipeline.backend.activationType)
    // An adaptive sampler's timesteps are not known before.
    let isPlanned = index < time.timesteps.count && time.timesteps[index] == evaluation.timestep
    let time = try isPlanned ? time : unet.timeEmbeddings([evaluation.timestep])
    var terms: [(Float, Tensor)] = []
    // Samplers may evaluate more than once a step; prompts change with steps.
    for run in try prompt.runs(at: index * steps / total + 1) {
      let output = try unet(
        try input.repeated(run.shares.count), step: isPlanned ? index : 0, time: time,
        conditioning: run.conditioning)
      for (index, share) in run.shares.enumerated() {
        terms.append((share, try output.batch(index..<index + 1)))
      }
    }
    let unconditional = prompt.keepsUnconditional ? terms[0].1 : nil
    if terms.count == 1, terms[0].0 == 1 {
      return ModelOutput(guided: terms[0].1, unconditional: unconditional)
    }
    return ModelOutput(guided: try Self.sum(terms), unconditional: unconditional)
  }

  /// Any number of terms; the kernel adds four at a time.
  private static func sum(_ terms: [(Float, Tensor)]) throws(TensorError) -> Tensor {
    var sum = try Tensor.combination(Array(terms.prefix(4)))
    var rest = terms.dropFirst(4)
    while !rest.isEmpty {
      sum = try Tensor.combination([(Float(1), sum)] + Array(rest.prefix(3)))
      rest = rest.dropFirst(3)
    }
    return sum
  }

  /// What the picture would be if it ended now, one pixel a latent: cheap enough for every few steps.
  /// - Throws: `TensorError`.
  public func preview() throws -> Picture {
    let clean =
      if let prediction = loop.prediction { try prediction.denoised() } else {
        try latents.scaled(by: Float(1 / max(loop.initialScale, 1)))
      }
    return try pipeline.latentProjection().picture(clean)
  }

  /// Decodes the latents.
  /// - Throws: `UserError` `nan` when the model gave numbers that are not finite; `TensorError`.
  public func finish() throws -> Picture {
    let backend = pipeline.backend
    let unscaled = try decoder.unscaled(latents).converted(to: backend.activationType)
    let decoded = try decoder.decode(unscaled)
    let wrong = try decoded.nonFiniteCount()
    guard wrong == 0 else {
      throw UserError(
        code: "nan",
        message: "the model gave \(wrong) of \(decoded.count) values that are not finite; expected none. "
          + "Other settings or full precision may help")
    }
    return Picture(width: decoded.shape[2], height: decoded.shape[1], rgb: try decoded.imageBytes())
  }
}
