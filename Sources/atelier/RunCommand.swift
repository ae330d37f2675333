import ArgumentParser
import FoundationEssentials
import Generation
import PNG
import Pictures
import StableDiffusion

/// `atelier run`: the pictures of saved requests.
struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Makes the pictures of a saved request.",
    discussion: """
      FILE is JSON with a request's fields, as the page saves it and --json reports it, or a PNG of this program, \
      which holds the request that made it. What the file does not say is the model's own; the same file gives \
      the same bytes. A request that starts from pictures needs them: --init-img, --mask.
      """)

  @Argument(help: "A .json file or a .png.")
  var file: String

  @Option(
    name: [.customLong("model"), .customLong("ckpt")],
    help: "The model's path, if it is not found by its name.")
  var model: String?

  @Option(
    help: "A folder to find models and what goes with them in, repeatable; the service's own if not given.")
  var models: [String] = []

  @Option(
    name: [.customLong("init-img"), .customLong("init_img"), .customLong("init-image")],
    help: "The picture the request starts from.")
  var picture: String?

  @Option(help: "The request's mask.")
  var mask: String?

  @OptionGroup var output: OutputOptions
  @OptionGroup var engine: EngineOptions

  func run() async throws {
    try await Failure.reported {
      let saved = try SavedRequests(file: file)
      let files = try picture.map { file throws(UserError) in try SourceFiles(picture: file, mask: mask) }
      if saved.fields.allSatisfy({ $0["mode"] as? String == GenerationMode.upscale.rawValue }) {
        return try enlarge(saved, files)
      }
      var pictures: [PlannedPicture] = []
      var names: RequestNames?
      for fields in saved.fields {
        let (model, known) = try find(fields, names)
        names = known
        let request = try request(fields, model.description, known, files)
        pictures += (0..<request.batchCount).map {
          PlannedPicture(request: request, image: $0, model: model)
        }
      }
      guard let names else { return }
      guard output.file == nil || pictures.count == 1 else {
        throw UserError(
          code: "several_pictures",
          message: "--output names one file, the file asks for \(pictures.count) pictures; use --outdir")
      }
      try await GenerationSession.run(
        pictures, output: output,
        maker: PictureMaker(engine: engine, names: names, inputs: files?.inputs))
    }
  }

  /// The model of a request under the request's own name for it, and what goes with the first one.
  private func find(
    _ fields: [String: Any], _ known: RequestNames?
  ) throws -> (LibraryModel, RequestNames) {
    let name = fields["model"] as? String
    guard let text = model ?? name else {
      throw UserError(
        code: "missing_field", message: "the file names no model; expected --model", field: "model")
    }
    var found = try ModelFinder(folders: models).find(text)
    // Pictures carry the name; the file's own keeps them what they were.
    if let name { found.description.name = name }
    if let known { return (found, known) }
    return (
      found,
      RequestNames(
        files: ExtraFiles.merged(ExtraOptions.files(models, beside: found.path)),
        upscalers: UpscalerFiles(folders: ExtraOptions.folders(models, beside: found.path)))
    )
  }

  private func request(
    _ fields: [String: Any], _ model: ModelDescription, _ names: RequestNames, _ files: SourceFiles?
  ) throws -> GenerationRequest {
    let defaults = model.defaults
    let base = GenerationRequest(
      prompt: "", model: model.name, sampler: defaults.sampler, schedule: defaults.schedule,
      steps: defaults.steps, guidanceScale: defaults.guidanceScale, width: defaults.width,
      height: defaults.height, seed: Int64(UInt32.random(in: .min ... .max)))
    var request = try base.with(fields)
    if request.seed == -1 { request.seed = base.seed }
    if !output.safetyChecker { request.safetyChecker = false }
    try files?.complete(&request)
    try names.resolve(&request)
    try RequestMaker.check(request)
    return request
  }

  private func enlarge(_ saved: SavedRequests, _ files: SourceFiles?) throws {
    guard saved.fields.count == 1, let picture, let files, let target = output.file else {
      throw UserError(
        code: "missing_field", message: "an enlarged picture needs --init-img and --output")
    }
    var request = try GenerationRequest.enlarging.with(saved.fields[0])
    try files.complete(&request)
    let folders = ExtraOptions.folders(models, beside: picture)
    let enlarging = Enlarging(
      backend: try engine.open(), upscalers: UpscalerFiles(folders: folders), tile: nil,
      isQuiet: output.quiet)
    try enlarging.write(request, files.inputs.source.picture, texts: files.texts, to: target)
    Console.output(target)
  }
}
