import FoundationEssentials
import Generation
import Pictures
import StableDiffusion

/// What the flags of one command mean: models, files, prompts, and the requests they come to.
struct RequestMaker {
  /// The flags of the command; nil for those it has not.
  struct Flags {
    var mode: GenerationMode
    var common: GenerationOptions
    var hires: HiresOptions?
    var source: SourceOptions?
    var mask: MaskOptions?
  }

  /// Finds models.
  let finder: ModelFinder
  /// Finds everything else.
  let names: RequestNames
  /// The model of the flags.
  let model: LibraryModel
  /// What the pictures start from.
  var inputs: PictureInputs? { files?.inputs }
  private let flags: Flags
  private let files: SourceFiles?
  private let extras: ExtraOptions.Found
  /// The seed of a run that was given none.
  private let randomSeed = Int64(UInt32.random(in: .min ... .max))

  private var options: GenerationOptions { flags.common }

  /// Looks for everything that flags name.
  /// - Throws: `UserError` for what is not there, `CheckpointError` for what is wrong with a file.
  init(_ flags: Flags) throws {
    self.flags = flags
    let options = flags.common
    files = try flags.source?.picture.map { file throws(UserError) in
      try SourceFiles(picture: file, mask: flags.mask?.mask)
    }
    finder = ModelFinder(folders: options.extras.models, beside: options.model)
    model = try finder.find(options.model)
    extras = try options.extras.found(beside: model.path)
    names = RequestNames(
      files: extras.files, upscalers: UpscalerFiles(folders: options.extras.folders(beside: model.path)))
  }

  /// Every picture of the flags' prompts.
  /// - Throws: `UserError` that names the field at fault.
  func pictures() throws -> [PlannedPicture] {
    try lines().flatMap { changes in
      let model = try changes["model"].map { try finder.find($0.label) } ?? model
      let request = try request(options.prompt ?? "", model.description, changes: changes)
      return (0..<request.batchCount).map { index in
        // CompVis' --fixed_code draws the noise of one round and uses it in all.
        PlannedPicture(
          request: request, image: options.fixedCode ? index % options.samples : index, model: model)
      }
    }
  }

  /// What each line of the file of prompts changes; one that changes nothing without a file.
  private func lines() throws(UserError) -> [[String: GridValue]] {
    guard let file = options.fromFile else { return [[:]] }
    guard let data = FileManager.default.contents(atPath: file) else {
      throw UserError(code: "unreadable_file", message: "expected a file of prompts at '\(file)', found none")
    }
    let lines = try PromptLine.lines(String(decoding: data, as: UTF8.self))
    guard !lines.isEmpty else {
      throw UserError(code: "unreadable_file", message: "expected prompts in '\(file)', found no line")
    }
    return lines.map(\.changes)
  }

  /// The request of a prompt for a model.
  /// - Parameter changes: Fields written over what the flags say, by their JSON names; `styles` come after the flags'.
  /// - Throws: `UserError` that names the field at fault.
  func request(
    _ prompt: String, _ model: ModelDescription, changes: [String: GridValue] = [:]
  ) throws -> GenerationRequest {
    var request = try start(
      prompt: changes["prompt"]?.label ?? prompt,
      negativePrompt: changes["negative_prompt"]?.label ?? options.negativePrompt, model)
    options.noise.apply(to: &request, randomSeed: randomSeed)
    request.tiling = options.tiling ? true : nil
    flags.hires?.apply(to: &request)
    flags.source?.apply(to: &request)
    if request.mode == .inpaint { flags.mask?.apply(to: &request) }
    try options.extras.apply(extras, to: &request, styles: changes["styles"]?.label)
    let others = changes.filter { !["prompt", "negative_prompt", "styles", "model"].contains($0.key) }
    if !others.isEmpty { request = try request.with(others.mapValues(\.json)) }
    if request.seed == -1 { request.seed = randomSeed }
    if (request.variationStrength ?? 0) != 0, (request.variationSeed ?? -1) == -1 {
      request.variationSeed = randomSeed
    }
    files?.apply(
      to: &request,
      hasSize: options.width != nil || options.height != nil || changes["width"] != nil
        || changes["height"] != nil)
    try names.resolve(&request)
    try Self.check(request)
    return request
  }

  private func start(
    prompt: String, negativePrompt: String, _ model: ModelDescription
  ) throws(UserError) -> GenerationRequest {
    let defaults = model.defaults
    let sampler = options.plms ? "PLMS" : options.sampler
    let choice = try RequestNames.choice(
      sampler ?? defaults.sampler, options.schedule ?? (sampler == nil ? defaults.schedule : nil))
    var request = GenerationRequest(
      mode: flags.mode, prompt: prompt, negativePrompt: negativePrompt, model: model.name,
      sampler: choice.sampler, schedule: choice.schedule, steps: options.steps ?? defaults.steps,
      guidanceScale: options.scale ?? defaults.guidanceScale, width: options.width ?? defaults.width,
      height: options.height ?? defaults.height, batchCount: options.samples * options.rounds,
      seed: options.seed.flatMap { $0 == -1 ? nil : $0 } ?? randomSeed, eta: options.eta,
      clipSkip: options.clipSkip, emphasis: options.emphasis)
    request.watermark = options.output.watermark
    request.safetyChecker = options.output.safetyChecker ? nil : false
    return request
  }

  /// Checks a request against the ranges of this command: nobody else waits here, so sizes, prompts and numbers of
  /// pictures may be larger than the service's.
  /// - Throws: `UserError` that names the field.
  static func check(_ request: GenerationRequest) throws(UserError) {
    var limits = Limits()
    limits.minSide = limits.sideMultiple
    limits.promptBytes = 16_384
    limits.maxBatchCount = max(request.batchCount, 1)
    try limits.check(request)
  }
}
