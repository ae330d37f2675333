import Generation
import PNG
import Pictures
import StableDiffusion
import WorkerProtocol

/// One request on a loaded model, from its first evaluation to its last picture, with what it reports.
///
/// Runs on the device's thread; cancellation of the task is read before every model evaluation.
struct GenerationRun {
  private let request: GenerationRequest
  private var rounds: PictureRounds
  private var source: PreparedSource?
  private let pipeline: Pipeline
  private let model: ModelDescription
  private let extraHashes: ExtraHashes
  private let report: @Sendable (RunEvent) -> Void
  private var clock = ProgressClock(total: 0)
  private var summary = GenerationSummary(images: 0)
  private var previewed = ContinuousClock.now

  init(
    _ request: GenerationRequest, _ inputs: PictureInputs? = nil, pipeline: Pipeline, model: ModelDescription,
    extraHashes: ExtraHashes,
    report: @escaping @Sendable (RunEvent) -> Void
  ) {
    self.request = request
    rounds = PictureRounds(request, inputs)
    self.pipeline = pipeline
    self.model = model
    self.extraHashes = extraHashes
    self.report = report
  }

  /// Makes every picture of the request.
  ///
  /// - Parameter evaluated: Called after each model evaluation.
  /// - Returns: Seconds by phase, without the loading.
  /// - Throws: `UserError`, `TensorError`, `PNGError`, `CancellationError`.
  mutating func perform(evaluated: () -> Void) throws -> GenerationSummary {
    for index in 0..<request.batchCount {
      let made = try makePicture(index, evaluated)
      let file = try encode(made, index)
      if rounds.isLoopback { rounds.made(made.picture, sha256: FileDigest.sha256(file.png)) }
      report(.picture(file))
      summary.images += 1
    }
    return summary
  }

  /// A picture with what is written into it.
  private struct Made {
    let picture: Picture
    let extras: [HashedExtra]
    let safety: SafetyVerdict?
  }

  private mutating func makePicture(_ index: Int, _ evaluated: () -> Void) throws -> Made {
    if index == 0 { report(.progress(GenerationProgress(phase: .encoding, done: 0, total: 0))) }
    let (request, image) = rounds.picture(index)
    let (begun, text) = try Self.timed {
      if index == 0 || rounds.isLoopback { source = try pipeline.prepare(request, rounds.inputs) }
      return try pipeline.begin(request, image: image, from: source)
    }
    var denoising = begun
    summary.text += text
    // Before the picture: the same request gives the same bytes from the first time on.
    let extras = try extraHashes.hashed(denoising.extras)
    let before = summary.evaluations
    let (later, count) = (try rounds.evaluations(after: index, pipeline), self.request.batchCount)
    func expected() -> Int { before + denoising.total + (later ?? denoising.total * (count - index - 1)) }
    if index == 0 { clock = ProgressClock(total: expected()) }
    tell(.denoising, before, index)
    while true {
      try Task.checkCancellation()
      let (went, seconds) = try Self.timed { try denoising.step() }
      guard went else { break }
      clock.evaluated(seconds: seconds)
      summary.denoise += seconds
      summary.evaluations += 1
      evaluated()
      // An adaptive sampler knows better with every step.
      clock.expect(total: expected())
      tell(.denoising, before + denoising.done, index)
      try previewIfDue(denoising)
    }
    tell(.decoding, before + denoising.done, index)
    let (made, seconds) = try Self.timed {
      let (picture, verdict) = try pipeline.checked(try denoising.finish(), for: request)
      return Made(picture: try picture.watermarked(as: request), extras: extras, safety: verdict)
    }
    clock.decoded(seconds: seconds)
    summary.decode += seconds
    return made
  }

  private func tell(_ phase: GenerationProgress.Phase, _ done: Int, _ index: Int) {
    report(.progress(clock.progress(phase, done: done, undecoded: request.batchCount - index)))
  }

  /// A preview at most twice a second, and none of the last step: the picture itself follows.
  private mutating func previewIfDue(_ denoising: Denoising) throws {
    let now = ContinuousClock.now
    guard denoising.done < denoising.total, now - previewed >= .milliseconds(500) else { return }
    previewed = now
    let small = try denoising.preview()
    let bytes = try PNGImage(width: small.width, height: small.height, pixels: small.rgb).encoded()
    // One pixel a latent: only a picture of many megapixels exceeds the frame, and then goes without.
    if bytes.count <= FrameType.preview.payloadLimit { report(.preview(bytes)) }
  }

  private func encode(_ made: Made, _ index: Int) throws -> WorkerPicture {
    let (seed, picture) = (self.request.seed(ofPicture: index), made.picture)
    let (request, place) = rounds.picture(index)
    var image = try PNGImage(width: picture.width, height: picture.height, pixels: picture.rgb)
    let thumbnail = try image.thumbnail().encoded()
    image.texts = PictureMetadata.texts(
      request, image: place, model: model, extras: made.extras, safety: made.safety
    ).map { PNGText(keyword: $0.keyword, text: $0.text) }
    return WorkerPicture(
      index: index, seed: seed, width: picture.width, height: picture.height, png: try image.encoded(),
      thumbnail: thumbnail, isFlagged: made.safety == .flagged)
  }

  /// The value of `body` and the seconds it took.
  static func timed<Value>(_ body: () throws -> Value) rethrows -> (Value, Double) {
    let start = ContinuousClock.now
    let value = try body()
    let (seconds, attoseconds) = (ContinuousClock.now - start).components
    return (value, Double(seconds) + Double(attoseconds) * 1e-18)
  }
}
