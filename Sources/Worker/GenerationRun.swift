import Checkpoints
import Generation
import PNG
import Pictures
import StableDiffusion
import Tensors
import WorkerProtocol

/// One request on a loaded model, from its first evaluation to its last picture, with what it reports.
///
/// Runs on the device's thread; cancellation of the task is read before every model evaluation.
struct GenerationRun {
  /// What a run asks of its engine.
  struct Engine {
    let device: PictureMaking.Device
    /// Takes a finished picture, to be encoded while the next one is made.
    let save: (MadePicture) -> Void
    /// Called after each model evaluation.
    let evaluated: () -> Void
  }

  private let request: GenerationRequest
  private let making: PictureMaking
  private let model: ModelDescription
  private let extraHashes: ExtraHashes
  private let engine: Engine
  private let report: @Sendable (RunEvent) -> Void
  private var clock = ProgressClock(total: 0)
  private var summary = GenerationSummary(images: 0)
  private var previewed = ContinuousClock.now
  /// Evaluations before the picture that is being made, and those expected after it where they differ from its own.
  private var earlier = 0
  private var later: Int?

  init(
    _ request: GenerationRequest, _ inputs: PictureInputs? = nil, pipeline: Pipeline, model: ModelDescription,
    extraHashes: ExtraHashes, engine: Engine,
    report: @escaping @Sendable (RunEvent) -> Void
  ) {
    self.request = request
    making = PictureMaking(request, inputs, on: pipeline, device: engine.device)
    self.model = model
    self.extraHashes = extraHashes
    self.engine = engine
    self.report = report
  }

  /// Makes every picture of the request.
  ///
  /// - Returns: Seconds by phase, without the loading.
  /// - Throws: `UserError`, `TensorError`, `CancellationError`.
  nonisolated(nonsending) mutating func perform() async throws -> GenerationSummary {
    report(.progress(GenerationProgress(phase: .encoding, done: 0, total: 0)))
    for index in 0..<request.batchCount {
      let picture = try await making.picture(index) { moment, denoising in
        try note(moment, denoising, index)
      }
      clock.decoded(seconds: picture.seconds)
      summary.decode += picture.seconds
      var made = MadePicture(
        pixels: picture.pixels, request: picture.request, place: picture.image, index: index,
        seed: request.seed(ofPicture: index), model: model, extras: try extraHashes.hashed(picture.extras),
        safety: picture.safety)
      if making.rounds.isLoopback {
        let files = try made.encoded()
        made.files = files
        making.made(made.pixels, sha256: FileHash.sha256(files.png))
      }
      engine.save(made)
      summary.images += 1
    }
    return summary
  }

  private mutating func note(
    _ moment: PictureMaking.Moment, _ denoising: Denoising, _ index: Int
  ) throws {
    switch moment {
    case .begun(let seconds):
      summary.text += seconds
      earlier = summary.evaluations
      later = try making.rounds.evaluations(after: index, making.pipeline)
      if index == 0 { clock = ProgressClock(total: expected(denoising, index)) }
      tell(.denoising, earlier, index)
    case .evaluated(let seconds):
      clock.evaluated(seconds: seconds)
      summary.denoise += seconds
      summary.evaluations += 1
      engine.evaluated()
      // An adaptive sampler knows better with every step.
      clock.expect(total: expected(denoising, index))
      tell(.denoising, earlier + denoising.done, index)
      try previewIfDue(denoising)
    case .decoding: tell(.decoding, earlier + denoising.done, index)
    }
  }

  /// Model evaluations of the whole request, as far as is known.
  private func expected(_ denoising: Denoising, _ index: Int) -> Int {
    earlier + denoising.total + (later ?? denoising.total * (request.batchCount - index - 1))
  }

  private mutating func tell(_ phase: GenerationProgress.Phase, _ done: Int, _ index: Int) {
    report(.progress(clock.progress(phase, done: done, undecoded: request.batchCount - index)))
  }

  /// A preview at most twice a second, none of the last step: the picture itself follows; and none of what the safety
  /// checker has yet to look at.
  private mutating func previewIfDue(_ denoising: Denoising) throws {
    let now = ContinuousClock.now
    guard denoising.done < denoising.total, now - previewed >= .milliseconds(500),
      !making.pipeline.mayHide(request)
    else { return }
    previewed = now
    let small = try denoising.preview()
    let bytes = try PNGImage(width: small.width, height: small.height, pixels: small.rgb).encoded()
    // One pixel a latent: only a picture of many megapixels exceeds the frame, and then goes without.
    if bytes.count <= FrameType.preview.payloadLimit { report(.preview(bytes)) }
  }

  /// The value of `body` and the seconds it took.
  static func timed<Value>(_ body: () throws -> Value) rethrows -> (Value, Double) {
    let start = ContinuousClock.now
    let value = try body()
    return (value, (ContinuousClock.now - start) / .seconds(1))
  }
}
