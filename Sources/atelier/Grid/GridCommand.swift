import ArgumentParser
import Generation
import StableDiffusion

/// `atelier grid`: one picture for every combination of up to three settings' values, and all in one.
struct GridCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "grid", abstract: "Makes a labelled table of pictures over up to three settings.",
    discussion: """
      An axis is a setting's name, a colon and values: --x 'Steps: 10-30 (+10)' --y 'Sampler: Euler a, DDIM' \
      --z 'Seed: 1-3'. Ranges: 1-5, 1-5 (+2), 1-10 [5]; values with commas stand in quotes. All flags of \
      txt2img, and with --init-img those of img2img and inpaint, hold for what no axis changes. Settings: \
      \(GridOptions.names).
      """)

  @OptionGroup var grid: GridOptions
  @OptionGroup var source: SourceOptions
  @OptionGroup var mask: MaskOptions
  @OptionGroup var common: GenerationOptions
  @OptionGroup var hires: HiresOptions

  func validate() throws {
    guard common.samples == 1, common.rounds == 1, common.fromFile == nil, common.output.file == nil else {
      throw ValidationError(
        "A grid makes one picture a cell: no --n_samples, --n_iter, --from-file, --output.")
    }
  }

  func run() async throws {
    try await Failure.reported {
      let requests = try RequestMaker(
        RequestMaker.Flags(
          mode: source.picture == nil ? .txt2img : mask.isGiven ? .inpaint : .img2img, common: common,
          hires: hires, source: source, mask: mask))
      let plan = try grid.plan(prompt: common.prompt ?? "", negativePrompt: common.negativePrompt)
      let pictures = try pictures(plan, requests)
      let sizes = pictures.map(\.request.outputSize)
      let sheet =
        common.output.skipGrid
        ? GenerationSession.Sheet.none
        : .table(
          try GridPicture(
            plan, cellWidth: sizes.map(\.width).max() ?? 1, cellHeight: sizes.map(\.height).max() ?? 1),
          cells: plan.cells)
      try await GenerationSession.run(
        pictures, output: common.output,
        maker: PictureMaker(engine: common.engine, names: requests.names, inputs: requests.inputs),
        sheet: sheet)
    }
  }

  /// The cells' pictures in the order to make them; each is what its request alone would make.
  private func pictures(_ plan: GridPlan, _ requests: RequestMaker) throws -> [PlannedPicture] {
    var models: [String: LibraryModel] = [:]
    return try plan.cells.map { cell in
      var model = requests.model
      if let name = cell.changes["model"]?.label {
        model = try models[name] ?? requests.finder.find(name)
        models[name] = model
      }
      return PlannedPicture(
        request: try requests.request(common.prompt ?? "", model.description, changes: cell.changes),
        image: 0, model: model)
    }
  }
}
