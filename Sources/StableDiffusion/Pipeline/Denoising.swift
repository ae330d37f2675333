internal import Generation
public import Pictures
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
  /// Model evaluations in the whole picture, all passes and an upscaler's parts between them: two a step for some
  /// samplers; an estimate for DPM adaptive.
  public var total: Int {
    finished + pass.loop.total + (second?.pass.plan.evaluations.count ?? 0) + (second?.parts ?? 0)
  }
  /// Model evaluations done.
  public var done: Int { finished + pass.loop.done + (second?.enlargement?.done ?? 0) }
  /// The latents now, [1, height, width, channels] in float32.
  public var latents: Tensor { pass.loop.latents }

  /// The files the picture is made with beside the model.
  public internal(set) var extras: [UsedExtra] = []

  private let pipeline: Pipeline
  private let image: Int
  private let source: PreparedSource?
  private let decoder: VAEDecoder
  private var pass: DenoisingPass
  /// Evaluations of passes that are over.
  private var finished = 0
  /// The pass to come.
  private var second: Second?

  /// A second pass and what enlarges the picture for it.
  private struct Second {
    let pass: PlannedPass
    /// A model of its own; nil where none is needed.
    let upscaler: Upscaler?
    /// How many parts it works through.
    let parts: Int
    /// Its work, once the first pass is over.
    var enlargement: Enlargement?
  }

  init(
    _ pipeline: Pipeline, image: Int, first: DenoisingPass,
    then second: (pass: PlannedPass, upscaler: Upscaler?)?,
    source: PreparedSource?,
    decoder: VAEDecoder
  ) {
    self.pipeline = pipeline
    self.decoder = decoder
    self.image = image
    self.source = source
    pass = first
    self.second = second.map { next in
      let shape = first.loop.latents.shape
      let scale = pipeline.latentScale
      let parts = next.upscaler?.tileCount(
        from: (shape[2] * scale, shape[1] * scale), to: (next.pass.request.width, next.pass.request.height))
      return Second(pass: next.pass, upscaler: next.upscaler, parts: parts ?? 0)
    }
  }

  /// Makes one model evaluation and the step that follows, or one part of the picture that a second pass begins with.
  /// - Returns: Whether there was one to make.
  /// - Throws: `TensorError`; `UserError` where a second pass cannot begin.
  public mutating func step() throws -> Bool {
    guard let calls = try ask() else { return false }
    if !calls.isEmpty { try advance(calls.map { try $0.perform() }) }
    return true
  }

  /// What the UNet is asked for the next model evaluation; nil at the end.
  ///
  /// For callers that perform such calls together with those of other pictures; `advance` goes on with the answers.
  /// Nothing is asked where a part of the picture that a second pass begins with was made instead.
  /// - Throws: `TensorError`; `UserError` where a second pass cannot begin.
  public mutating func ask() throws -> [UNetCall]? {
    if let calls = try pass.ask(pipeline) { return calls }
    guard let next = second else { return nil }
    if try enlarge() { return [] }
    let begun = try pipeline.start(
      next.pass, image: image, enlarging: latents, large: second?.enlargement?.finished())
    finished += pass.loop.done + next.parts
    (second, pass) = (nil, begun)
    return try pass.ask(pipeline)
  }

  /// Makes the step that follows from the answers to the calls of `ask`, in their order.
  /// - Throws: `TensorError`.
  public mutating func advance(_ outputs: [Tensor]) throws { try pass.advance(outputs) }

  /// Makes the next part of the larger picture; false where there is none.
  private mutating func enlarge() throws -> Bool {
    guard let next = second, let upscaler = next.upscaler else { return false }
    if next.enlargement == nil {
      let request = next.pass.request
      let small = try pipeline.decode(latents, by: decoder, tiles: pass.tiles)
      second?.enlargement = Enlargement(small, by: upscaler, to: (request.width, request.height))
    }
    return try second?.enlargement?.step() ?? false
  }

  /// What the picture would be if it ended now, one pixel a latent: cheap enough for every few steps.
  /// - Throws: `TensorError`.
  public func preview() throws -> Picture {
    let loop = pass.loop
    let clean =
      if let prediction = loop.prediction { try prediction.denoised() } else {
        try latents.scaled(by: Float(1 / max(loop.initialScale, 1)))
      }
    return try pipeline.latentProjection().picture(clean)
  }

  /// Decodes the latents and puts the result where it belongs.
  /// - Throws: `UserError` `nan` when the model gave numbers that are not finite; `TensorError`.
  public func finish() throws -> Picture {
    let picture = try pipeline.decode(latents, by: decoder, tiles: pass.tiles)
    return source?.frame.finished(picture) ?? picture
  }
}
