import Checkpoints
import FoundationEssentials
import Generation
import PNG
import Pictures
import StableDiffusion
import Tensors

/// One run of `txt2img`, `img2img` or `inpaint`: loads the model, makes every picture, writes files and says what was done.
struct GenerationSession {
  private let options: GenerationOptions
  private let hires: HiresOptions?
  private let source: SourceOptions?
  private let mask: MaskOptions?
  /// Most bytes of a prompt: nobody else waits here, so more than the service takes.
  private static let promptBytes = 16_384
  private let clock = ContinuousClock()
  private var report = GenerationReport()
  private var progress: ProgressLine
  private var made: [PNGImage] = []
  private var isGridTooLarge = false

  init(
    _ options: GenerationOptions, hires: HiresOptions? = nil, source: SourceOptions? = nil,
    mask: MaskOptions? = nil
  ) {
    self.options = options
    (self.hires, self.source, self.mask) = (hires, source, mask)
    progress = ProgressLine(isQuiet: options.output.quiet)
  }

  /// Makes the pictures.
  func run() throws {
    var session = self
    try session.makeAll()
  }

  private mutating func makeAll() throws {
    let prompts = try prompts()
    let files = try source.map { source throws(UserError) in try SourceFiles(source, mask) }
    let folder = try ModelLibrary.open(path: options.model)
    var description = try folder.describe()
    let extras = try options.extras.found(beside: options.model)
    // Every request is checked before the weights are read.
    let requests = try prompts.map { try request($0, description, files, extras) }
    let samples = try place()
    let backend = try Backend.named(
      options.engine.backend, threads: options.engine.threads,
      precision: options.engine.precision)
    let started = clock.now
    let pipeline = try Pipeline(folder: folder, backend: backend)
    pipeline.extras = extras.files
    let hashes = ExtraHashes(cacheFile: Models.extraHashCache)
    description.sha256 = try ModelHashes(cacheFile: Models.hashCache)
      .compute(LibraryModel(description: description, path: folder.path))
    try checkModel(pipeline)
    try hires?.prepare(pipeline)
    report.load = (clock.now - started).seconds
    report.backend = backend.name
    let count = options.samples * options.rounds
    for (number, request) in requests.enumerated() {
      let source = try pipeline.prepare(request, files?.inputs)
      for index in 0..<count {
        // CompVis' --fixed_code draws the noise of one round and uses it in all.
        let image = options.fixedCode ? index % options.samples : index
        let (picture, used) = try make(
          request, image, source, pipeline, place: (number * count + index, requests.count * count))
        try write(picture, request, image, description, try hashes.hashed(used), to: samples)
      }
    }
    try writeGrid(to: samples)
    if options.output.json {
      report.peakMemory = Console.peakMemory
      Console.output(try report.json())
    }
  }

  /// The folder for pictures; nil, and the folder of the one file made, when they go to one file.
  private func place() throws -> SampleFolder? {
    guard let file = options.output.file else { return try SampleFolder(options.output.outdir) }
    let url = URL(filePath: file)
    guard !ModelLibrary.isFolder(file) else {
      throw UserError(code: "unusable_output", message: "--output: expected a file, '\(file)' is a folder")
    }
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    return nil
  }

  private func prompts() throws -> [String] {
    guard let file = options.fromFile else { return [options.prompt ?? ""] }
    guard let data = FileManager.default.contents(atPath: file) else {
      throw UserError(code: "unreadable_file", message: "expected a file of prompts at '\(file)', found none")
    }
    let lines = String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline).map(String.init)
    guard !lines.isEmpty else {
      throw UserError(code: "unreadable_file", message: "expected prompts in '\(file)', found no line")
    }
    return lines
  }

  private func request(
    _ prompt: String, _ model: ModelDescription, _ files: SourceFiles?, _ extras: ExtraOptions.Found
  ) throws -> GenerationRequest {
    let defaults = model.defaults
    let choice = try SamplerChoice(
      sampler: options.plms ? "PLMS" : options.sampler ?? defaults.sampler,
      schedule: options.schedule ?? (options.sampler == nil && !options.plms ? defaults.schedule : nil),
      samplers: Samplers.descriptions, schedules: Schedules.descriptions)
    var request = GenerationRequest(
      mode: source == nil ? .txt2img : mask == nil ? .img2img : .inpaint, prompt: prompt,
      negativePrompt: options.negativePrompt, model: model.name, sampler: choice.sampler,
      schedule: choice.schedule, steps: options.steps ?? defaults.steps,
      guidanceScale: options.scale ?? defaults.guidanceScale, width: options.width ?? defaults.width,
      height: options.height ?? defaults.height,
      batchCount: options.samples * options.rounds,
      seed: options.seed.flatMap { $0 == -1 ? nil : $0 } ?? report.randomSeed, eta: options.eta,
      clipSkip: options.clipSkip, emphasis: options.emphasis)
    request.watermark = options.output.watermark
    options.noise.apply(to: &request, randomSeed: report.randomSeed)
    request.tiling = options.tiling ? true : nil
    try hires?.apply(to: &request)
    source?.apply(to: &request)
    mask?.apply(to: &request)
    files?.apply(to: &request, hasSize: options.width != nil || options.height != nil)
    options.extras.apply(extras, to: &request)
    var limits = Limits()
    limits.minSide = limits.sideMultiple
    limits.promptBytes = Self.promptBytes
    limits.maxBatchCount = max(request.batchCount, 1)
    try limits.check(request)
    request.batchCount = 1
    return request
  }

  /// CompVis' `--C` and `--f` describe the model; another model's numbers are a mistake.
  private func checkModel(_ pipeline: Pipeline) throws {
    for (flag, asked, found) in [
      ("--C", options.engine.channels, pipeline.latentChannels),
      ("--f", options.engine.factor, pipeline.latentScale),
    ] {
      guard let asked, asked != found else { continue }
      throw UserError(
        code: "unusable_model", message: "\(flag) \(asked) was expected, the model has \(found)")
    }
  }

  private mutating func make(
    _ request: GenerationRequest, _ index: Int, _ source: PreparedSource?, _ pipeline: Pipeline,
    place: (index: Int, count: Int)
  ) throws -> (Picture, [UsedExtra]) {
    var mark = clock.now
    func lap() -> Double {
      defer { mark = clock.now }
      return (clock.now - mark).seconds
    }
    progress.begin()
    var denoising = try pipeline.begin(request, image: index, from: source)
    report.text += lap()
    while try denoising.step() {
      report.steps.append(lap())
      progress.show(
        picture: place.index + 1, of: place.count, done: denoising.done, total: denoising.total)
    }
    let picture = try denoising.finish().watermarked(as: request)
    report.decode += lap()
    report.seeds.append(request.seed(ofPicture: index))
    return (picture, denoising.extras)
  }

  private mutating func write(
    _ picture: Picture, _ request: GenerationRequest, _ index: Int, _ model: ModelDescription,
    _ extras: [HashedExtra], to samples: SampleFolder?
  ) throws {
    let texts = PictureMetadata.texts(request, image: index, model: model, extras: extras)
      .map { PNGText(keyword: $0.keyword, text: $0.text) }
    let image = try PNGImage(
      width: picture.width, height: picture.height, pixels: picture.rgb, texts: texts)
    keepForGrid(image, samples)
    if let file = options.output.file {
      try Data(image.encoded()).write(to: URL(filePath: file), options: .atomic)
      try tell(file)
    } else if let samples, !options.output.skipSave {
      try tell(samples.add(sample: image))
    }
  }

  /// Keeps a picture for the grid while all of them fit one of 64 megapixels.
  private mutating func keepForGrid(_ image: PNGImage, _ samples: SampleFolder?) {
    guard !options.output.skipGrid, samples != nil, !isGridTooLarge else { return }
    made.append(image)
    guard made.count * image.width * image.height > 64 << 20 else { return }
    isGridTooLarge = true
    made = []
    Console.error("atelier: the grid would be larger than 64 megapixels and is left out")
  }

  private mutating func writeGrid(to samples: SampleFolder?) throws {
    guard let samples, made.count > 1 else { return }
    let columns = options.columns == 0 ? options.samples : options.columns
    if let grid = try PictureGrid.make(made, columns: columns) {
      report.grid = try samples.add(grid: grid)
      if !options.output.json, let file = report.grid { Console.output(file) }
    }
  }

  private mutating func tell(_ file: String) throws {
    report.files.append(file)
    if !options.output.json { Console.output(file) }
  }
}
