import Checkpoints
import FoundationEssentials
import Generation
import PNG
import Pictures
import StableDiffusion
import Tensors

/// Makes pictures with the model each asks for; one model is loaded at a time.
struct PictureMaker {
  /// Seconds of each part of the work.
  struct Times {
    var load = 0.0, text = 0.0, decode = 0.0
    /// Of each model evaluation.
    var steps: [Double] = []
  }

  /// Where it computes.
  let backend: Backend
  /// What it took so far.
  private(set) var times = Times()
  private let engine: EngineOptions
  private let names: RequestNames
  private let inputs: PictureInputs?
  /// Of the request whose pictures are being made.
  private var rounds: PictureRounds?
  private let hashes = ModelHashes(cacheFile: Models.hashCache)
  private let extraHashes = ExtraHashes(cacheFile: Models.extraHashCache)
  private let clock = ContinuousClock()
  private var loaded: (model: LibraryModel, pipeline: Pipeline)?
  private var prepared: (request: GenerationRequest, source: PreparedSource?)?

  /// Opens the device; models are loaded as pictures ask for them.
  /// - Parameter inputs: What the pictures start from.
  init(engine: EngineOptions, names: RequestNames, inputs: PictureInputs?) throws {
    (self.engine, self.names, self.inputs) = (engine, names, inputs)
    backend = try engine.open()
  }

  /// Makes a picture, with the texts that say how.
  /// - Parameter progress: Called after each model evaluation with those done and their number.
  /// - Throws: `UserError`, `CheckpointError`, `TensorError`, `PNGError`.
  mutating func make(
    _ planned: PlannedPicture, progress: (_ done: Int, _ total: Int) -> Void
  ) throws -> FinishedPicture {
    let (model, pipeline) = try load(planned.model)
    var rounds = self.rounds ?? PictureRounds(planned.request, inputs)
    if planned.image == 0 || !rounds.isLoopback { rounds = PictureRounds(planned.request, inputs) }
    let (request, image) = rounds.picture(planned.image)
    var mark = clock.now
    func lap() -> Double {
      defer { mark = clock.now }
      return (clock.now - mark).seconds
    }
    if prepared?.request != request { prepared = (request, try pipeline.prepare(request, rounds.inputs)) }
    var denoising = try pipeline.begin(request, image: image, from: prepared?.source)
    times.text += lap()
    while try denoising.step() {
      times.steps.append(lap())
      progress(denoising.done, denoising.total)
    }
    let (checked, verdict) = try pipeline.checked(try denoising.finish(), for: request)
    let picture = try checked.watermarked(as: request)
    times.decode += lap()
    let texts = PictureMetadata.texts(
      request, image: image, model: model, extras: try extraHashes.hashed(denoising.extras),
      safety: verdict)
    let made = try PNGImage(
      width: picture.width, height: picture.height, pixels: picture.rgb,
      texts: texts.map { PNGText(keyword: $0.keyword, text: $0.text) })
    var finished = FinishedPicture(image: made, safety: verdict)
    if rounds.isLoopback { rounds.made(picture, sha256: FileHash.sha256(try finished.file())) }
    self.rounds = rounds
    return finished
  }

  /// The model with its hash, and loaded; the one before goes first.
  private mutating func load(_ model: LibraryModel) throws -> (ModelDescription, Pipeline) {
    if let loaded, loaded.model.path == model.path { return (loaded.model.description, loaded.pipeline) }
    let started = clock.now
    (loaded, prepared) = (nil, nil)
    var model = model
    model.description.sha256 = try hashes.compute(model)
    let pipeline = try Pipeline(folder: try model.open(), backend: backend)
    pipeline.extras = names.files
    let (upscalers, backend) = (names.upscalers, backend)
    pipeline.findUpscaler = { try upscalers.upscaler($0, on: backend) }
    try check(pipeline)
    loaded = (model, pipeline)
    times.load += (clock.now - started).seconds
    return (model.description, pipeline)
  }

  /// CompVis' `--C` and `--f` describe the model; another model's numbers are a mistake.
  private func check(_ pipeline: Pipeline) throws(UserError) {
    for (flag, asked, found) in [
      ("--C", engine.channels, pipeline.latentChannels), ("--f", engine.factor, pipeline.latentScale),
    ] {
      guard let asked, asked != found else { continue }
      throw UserError(
        code: "unusable_model", message: "\(flag) \(asked) was expected, the model has \(found)")
    }
  }
}
