internal import Checkpoints
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
  /// Model evaluations in the whole picture; PLMS takes one more than there are steps.
  public var total: Int { plan.evaluations.count }
  /// Model evaluations done.
  public private(set) var done = 0
  /// The latents now, [1, height, width, channels] in float32.
  public private(set) var latents: Tensor

  private let pipeline: Pipeline
  private let plan: SamplingPlan
  private let time: UNetTimeEmbeddings
  private let prompt: PromptPlan
  private let steps: Int
  private var sampler: any Sampler
  private var noise: any NoiseSource
  private var prediction: Prediction?

  init(
    _ pipeline: Pipeline, plan: SamplingPlan, time: UNetTimeEmbeddings, prompt: PromptPlan, steps: Int,
    sampler: any Sampler, latentSize: (height: Int, width: Int), noise: any NoiseSource
  ) throws {
    self.pipeline = pipeline
    self.plan = plan
    self.time = time
    self.prompt = prompt
    self.steps = steps
    self.sampler = sampler
    self.noise = noise
    let shape: Shape = [1, latentSize.height, latentSize.width, pipeline.decoder.config.latentChannels]
    latents = try Self.draw(&self.noise, shape, pipeline.backend).scaled(by: Float(plan.initialScale))
  }

  /// Makes one model evaluation and the step that follows.
  /// - Returns: Whether there was one to make.
  /// - Throws: `TensorError`.
  public mutating func step() throws -> Bool {
    guard done < total else { return false }
    let evaluation = plan.evaluations[done]
    let prediction = Prediction(
      latents: latents, output: try predict(evaluation), level: evaluation.from,
      type: pipeline.scheduler.predictionType)
    self.prediction = prediction
    let (shape, backend) = (latents.shape, pipeline.backend)
    var source = noise
    latents = try sampler.step(prediction, at: done) { () throws(TensorError) in
      try Self.draw(&source, shape, backend)
    }
    noise = source
    done += 1
    return true
  }

  /// The guided prediction: what each part of the prompt predicts, by its share.
  private func predict(_ evaluation: SamplingPlan.Evaluation) throws -> Tensor {
    let backend = pipeline.backend
    var input = latents
    if evaluation.inputScale != 1 { input = try input.scaled(by: Float(evaluation.inputScale)) }
    input = try input.converted(to: backend.activationType)
    var terms: [(Float, Tensor)] = []
    // Samplers may evaluate more than once a step; prompts change with steps.
    for run in try prompt.runs(at: done * steps / total + 1) {
      let output = try pipeline.unet(
        try input.repeated(run.shares.count), step: done, time: time, conditioning: run.conditioning)
      for (index, share) in run.shares.enumerated() {
        terms.append((share, try output.batch(index..<index + 1)))
      }
    }
    if terms.count == 1, terms[0].0 == 1 { return terms[0].1 }
    return try Tensor.combination(terms)
  }

  /// Normal noise in PyTorch's order, as float32 [1, height, width, channels] whatever activations are.
  private static func draw(
    _ source: inout any NoiseSource, _ shape: Shape, _ backend: Backend
  ) throws(TensorError) -> Tensor {
    let values = source.normal(shape.count)
    let (pixels, channels) = (shape[1] * shape[2], shape[3])
    var turned = [Float](repeating: 0, count: values.count)
    for channel in 0..<channels {
      for pixel in 0..<pixels { turned[pixel * channels + channel] = values[channel * pixels + pixel] }
    }
    return try turned.withUnsafeBufferPointer { values throws(TensorError) in
      let bytes = UnsafeRawBufferPointer(values)
      return try backend.parameters(WeightSource(bytes: bytes, type: .float32, shape: shape))
    }
  }

  /// What the picture would be if it ended now, one pixel a latent: cheap enough for every few steps.
  /// - Throws: `TensorError`.
  public func preview() throws -> Picture {
    let clean =
      if let prediction { try prediction.denoised() } else {
        try latents.scaled(by: Float(1 / max(plan.initialScale, 1)))
      }
    return try pipeline.latentProjection().picture(clean)
  }

  /// Decodes the latents.
  /// - Throws: `UserError` `nan` when the model gave numbers that are not finite; `TensorError`.
  public func finish() throws -> Picture {
    let backend = pipeline.backend
    let unscaled = try pipeline.decoder.unscaled(latents).converted(to: backend.activationType)
    let decoded = try pipeline.decoder.decode(unscaled)
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
