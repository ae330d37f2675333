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
  /// The request whose pictures are being made.
  private var making: (request: GenerationRequest, pictures: PictureMaking)?
  private let hashes = ModelHashes(cacheFile: Models.hashCache)
  private let extraHashes = ExtraHashes(cacheFile: Models.extraHashCache)
  private let clock = ContinuousClock()
  private var loaded: (model: LibraryModel, pipeline: Pipeline)?

  /// Opens the device; models are loaded as pictures ask for them.
  /// - Parameter inputs: What the pictures start from.
  init(engine: EngineOptions, names: RequestNames, inputs: PictureInputs?) throws {
    (self.engine, self.names, self.inputs) = (engine, names, inputs)
    backend = try engine.open()
  }

  /// Makes a picture, with the texts that say how.
  /// - Parameter progress: Called after each model evaluation with those done and their number.
  /// - Throws: `UserError`, `CheckpointError`, `TensorError`, `PNGError`.
  nonisolated(nonsending) mutating func make(
    _ planned: PlannedPicture, progress: (_ done: Int, _ total: Int) -> Void
  ) async throws -> FinishedPicture {
    let (model, pipeline) = try load(planned.model)
    let pictures = pictures(of: planned, pipeline)
    let picture: PictureMaking.Made
    do {
      picture = try await pictures.picture(planned.image) { moment, denoising in
        switch moment {
        case .begun(let seconds): times.text += seconds
        case .evaluated(let seconds):
          times.steps.append(seconds)
          progress(denoising.done, denoising.total)
        case .decoding: break
        }
      }
    } catch TensorError.outOfMemory {
      making = nil
      do {
        let size = try pipeline.largestFit(like: planned.request) { _ in }
        throw UserError(noRoomFor: planned.request, on: backend, fitting: size)
      } catch is TensorError {
        throw UserError(noRoomFor: planned.request, on: backend, fitting: nil, isModel: true)
      }
    }
    times.decode += picture.seconds
    let texts = PictureMetadata.texts(
      picture.request, image: picture.image, model: model, extras: try extraHashes.hashed(picture.extras),
      safety: picture.safety)
    let made = try PNGImage(
      width: picture.pixels.width, height: picture.pixels.height, pixels: picture.pixels.rgb,
      texts: texts.map { PNGText(keyword: $0.keyword, text: $0.text) })
    var finished = FinishedPicture(image: made, safety: picture.safety)
    if pictures.rounds.isLoopback {
      pictures.made(picture.pixels, sha256: FileHash.sha256(try finished.file()))
    }
    return finished
  }

  /// What makes the pictures of a request: one for all of them, anew with a loopback's first.
  private mutating func pictures(of planned: PlannedPicture, _ pipeline: Pipeline) -> PictureMaking {
    if let making, making.request == planned.request, planned.image > 0 || !making.pictures.rounds.isLoopback
    {
      return making.pictures
    }
    pipeline.isSparing = false
    let (backend, names) = (backend, names)
    let pictures = PictureMaking(
      planned.request, inputs, on: pipeline,
      device: PictureMaking.Device(
        makeRoom: { backend.releaseCachedMemory() },
        wider: {
          guard let device = try backend.wider() else { return nil }
          Console.error("atelier: numbers were not finite; trying once more in a wider type")
          do {
            return try Self.open(planned.model, on: device, names)
          } catch TensorError.outOfMemory { return nil }
        }))
    making = (planned.request, pictures)
    return pictures
  }

  /// A model with what its requests may name.
  private static func open(
    _ model: LibraryModel, on backend: Backend, _ names: RequestNames
  ) throws -> Pipeline {
    let pipeline = try Pipeline(folder: try model.open(), backend: backend)
    pipeline.extras = names.files
    let upscalers = names.upscalers
    pipeline.findUpscaler = { try upscalers.upscaler($0, on: backend) }
    return pipeline
  }

  /// The model with its hash, and loaded; the one before goes first.
  private mutating func load(_ model: LibraryModel) throws -> (ModelDescription, Pipeline) {
    if let loaded, loaded.model.path == model.path { return (loaded.model.description, loaded.pipeline) }
    let started = clock.now
    (loaded, making) = (nil, nil)
    var model = model
    model.description.sha256 = try hashes.compute(model)
    let pipeline = try Self.open(model, on: backend, names)
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
