import Checkpoints
import Generation
import PNG
import Pictures
import StableDiffusion
import Tensors
import WorkerProtocol

/// One request on a loaded model, from its first evaluation to its last picture, with what it reports.
///
/// Runs on the device's thread; cancellation of the task is read before every model evaluation. What does not fit is
/// tried once more in less memory, a picture of numbers that are not finite once more in a wider type.
struct GenerationRun {
  /// What a run asks of its engine.
  struct Engine {
    /// Takes a finished picture, to be encoded while the next one is made.
    let save: (MadePicture) -> Void
    /// Frees what the run does not need.
    let makeRoom: () -> Void
    /// The model in a wider type; nil where there is none.
    let wider: () throws -> Pipeline?
    /// Called after each model evaluation.
    let evaluated: () -> Void
  }

  private let request: GenerationRequest
  private var rounds: PictureRounds
  private var source: PreparedSource?
  private var pipeline: Pipeline
  private let model: ModelDescription
  private let extraHashes: ExtraHashes
  private let engine: Engine
  private let report: @Sendable (RunEvent) -> Void
  private var clock = ProgressClock(total: 0)
  private var summary = GenerationSummary(images: 0)
  private var previewed = ContinuousClock.now

  init(
    _ request: GenerationRequest, _ inputs: PictureInputs? = nil, pipeline: Pipeline, model: ModelDescription,
    extraHashes: ExtraHashes, engine: Engine,
    report: @escaping @Sendable (RunEvent) -> Void
  ) {
    self.request = request
    rounds = PictureRounds(request, inputs)
    self.pipeline = pipeline
    self.model = model
    self.extraHashes = extraHashes
    self.engine = engine
    self.report = report
  }

  /// Makes every picture of the request.
  ///
  /// - Returns: Seconds by phase, without the loading.
  /// - Throws: `UserError`, `TensorError`, `CancellationError`.
  mutating func perform() throws -> GenerationSummary {
    for index in 0..<request.batchCount {
      var made = try makeFinite(index)
      if rounds.isLoopback {
        let files = try made.encoded()
        made.files = files
        rounds.made(made.pixels, sha256: FileHash.sha256(files.png))
      }
      engine.save(made)
      summary.images += 1
    }
    return summary
  }

  /// A picture, if need be from a wider type, which then makes the rest of the request too.
  private mutating func makeFinite(_ index: Int) throws -> MadePicture {
    do { return try makePicture(index) } catch let error as UserError where error.code == "nan" {
      guard let wider = try engine.wider() else { throw error }
      // What was prepared lies in the other type.
      (pipeline, source) = (wider, nil)
      return try makePicture(index)
    }
  }

  /// The value of `body`, which is tried once more in as little memory as can be.
  private func fitting<Value>(_ body: () throws -> Value) throws -> Value {
    do { return try body() } catch TensorError.outOfMemory where !pipeline.isSparing {
      engine.makeRoom()
      pipeline.isSparing = true
      return try body()
    }
  }

  private mutating func makePicture(_ index: Int) throws -> MadePicture {
    if index == 0 { report(.progress(GenerationProgress(phase: .encoding, done: 0, total: 0))) }
    let (request, image) = rounds.picture(index)
    let (begun, text) = try Self.timed {
      if source == nil || rounds.isLoopback {
        source = try fitting { try pipeline.prepare(request, rounds.inputs) }
      }
      return try fitting { try pipeline.begin(request, image: image, from: source) }
    }
    var denoising = begun
    summary.text += text
    // Before the picture: the same request gives the same bytes from the first time on.
    let extras = try extraHashes.hashed(denoising.extras)
    let earlier = summary.evaluations
    let (later, count) = (try rounds.evaluations(after: index, pipeline), self.request.batchCount)
    func expected() -> Int { earlier + denoising.total + (later ?? denoising.total * (count - index - 1)) }
    if index == 0 { clock = ProgressClock(total: expected()) }
    tell(.denoising, earlier, index)
    while true {
      try Task.checkCancellation()
      // A step that did not fit has drawn noise already.
      let before = denoising
      let (went, seconds) = try Self.timed {
        try fitting {
          denoising = before
          return try denoising.step()
        }
      }
      guard went else { break }
      clock.evaluated(seconds: seconds)
      summary.denoise += seconds
      summary.evaluations += 1
      engine.evaluated()
      // An adaptive sampler knows better with every step.
      clock.expect(total: expected())
      tell(.denoising, earlier + denoising.done, index)
      try previewIfDue(denoising)
    }
    tell(.decoding, earlier + denoising.done, index)
    let (made, seconds) = try Self.timed {
      let finished = try fitting { try denoising.finish() }
      let (picture, verdict) = try fitting { try pipeline.checked(finished, for: request) }
      return MadePicture(
        pixels: try picture.watermarked(as: request), request: request, place: image, index: index,
        seed: self.request.seed(ofPicture: index), model: model, extras: extras, safety: verdict)
    }
    clock.decoded(seconds: seconds)
    summary.decode += seconds
    return made
  }

  private mutating func tell(_ phase: GenerationProgress.Phase, _ done: Int, _ index: Int) {
    report(.progress(clock.progress(phase, done: done, undecoded: request.batchCount - index)))
  }

  /// A preview at most twice a second, none of the last step: the picture itself follows; and none of what the safety
  /// checker has yet to look at.
  private mutating func previewIfDue(_ denoising: Denoising) throws {
    let now = ContinuousClock.now
    guard denoising.done < denoising.total, now - previewed >= .milliseconds(500),
      !pipeline.mayHide(request)
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
    let (seconds, attoseconds) = (ContinuousClock.now - start).components
    return (value, Double(seconds) + Double(attoseconds) * 1e-18)
  }
}
