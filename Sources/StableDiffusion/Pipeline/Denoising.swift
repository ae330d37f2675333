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
  /// Model evaluations in the whole picture, all passes: two a step for some samplers; an estimate for DPM adaptive.
  public var total: Int { finished + pass.loop.total + (second?.plan.evaluations.count ?? 0) }
  /// Model evaluations done.
  public var done: Int { finished + pass.loop.done }
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
  private var second: PlannedPass?

  init(
    _ pipeline: Pipeline, image: Int, first: DenoisingPass, then second: PlannedPass?,
    source: PreparedSource?,
    decoder: VAEDecoder
  ) {
    self.pipeline = pipeline
    self.decoder = decoder
    self.image = image
    self.source = source
    self.second = second
    pass = first
  }

  /// Makes one model evaluation and the step that follows.
  /// - Returns: Whether there was one to make.
  /// - Throws: `TensorError`; `UserError` where a second pass cannot begin.
  public mutating func step() throws -> Bool {
    if try pass.step(pipeline) { return true }
    guard let next = second else { return false }
    let enlarged = try pipeline.start(next, image: image, enlarging: latents)
    finished += pass.loop.done
    (second, pass) = (nil, enlarged)
    return try pass.step(pipeline)
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
