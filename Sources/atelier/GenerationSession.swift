import FoundationEssentials
import Generation
import PNG
import StableDiffusion
import Tensors

/// One run of a command: makes pictures one after the other, writes files and says what was done.
struct GenerationSession {
  /// What all pictures together become.
  enum Sheet {
    /// Nothing.
    case none
    /// Rows of so many, as CompVis' script lays them out.
    case rows(of: Int)
    /// A table with the settings beside it; the cells in the order they are made.
    case table(GridPicture, cells: [GridPlan.Cell])
  }

  private let output: OutputOptions
  private var maker: PictureMaker
  private var sheet: Sheet
  private let samples: SampleFolder?
  private var report = GenerationReport()
  private var progress: ProgressLine
  private var made: [PNGImage] = []

  /// Makes room for the files.
  /// - Throws: `UserError` `unusable_output`, `CocoaError` for a folder that cannot be made.
  init(_ output: OutputOptions, maker: PictureMaker, sheet: Sheet) throws {
    self.output = output
    self.maker = maker
    progress = ProgressLine(isQuiet: output.quiet)
    samples = try Self.place(output)
    self.sheet = output.skipGrid || samples == nil ? .none : sheet
  }

  /// Makes the pictures that a command's flags ask for.
  /// - Throws: `UserError`, `CheckpointError`, `TensorError`, `CocoaError`.
  nonisolated(nonsending) static func run(_ flags: RequestMaker.Flags) async throws {
    let requests = try RequestMaker(flags)
    // Every request is checked before a device is opened and weights are read.
    let pictures = try requests.pictures()
    let common = flags.common
    try await run(
      pictures, output: common.output,
      maker: PictureMaker(engine: common.engine, names: requests.names, inputs: requests.inputs),
      sheet: .rows(of: common.columns == 0 ? common.samples : common.columns))
  }

  /// Makes pictures.
  nonisolated(nonsending) static func run(
    _ pictures: [PlannedPicture], output: OutputOptions, maker: PictureMaker, sheet: Sheet = .none
  ) async throws {
    var session = try GenerationSession(output, maker: maker, sheet: sheet)
    for index in pictures.indices { try await session.make(pictures, index) }
    try session.writeSheet()
    guard output.json else { return }
    session.report.times = session.maker.times
    session.report.backend = session.maker.backend.name
    session.report.peakMemory = Console.peakMemory
    Console.output(try session.report.json())
  }

  /// The folder for pictures; nil, and the folder of the one file made, when they go to one file.
  private static func place(_ output: OutputOptions) throws -> SampleFolder? {
    guard let file = output.file else { return try SampleFolder(output.outdir) }
    let url = URL(filePath: file)
    guard !ModelLibrary.isFolder(file) else {
      throw UserError(code: "unusable_output", message: "--output: expected a file, '\(file)' is a folder")
    }
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    return nil
  }

  private nonisolated(nonsending) mutating func make(
    _ pictures: [PlannedPicture], _ index: Int
  ) async throws {
    let planned = pictures[index]
    progress.begin()
    var line = progress
    var finished = try await maker.make(planned) { done, total in
      line.show(picture: index + 1, of: pictures.count, done: done, total: total)
    }
    report.requests.append(PictureMetadata.single(planned.request, planned.image))
    report.note(finished.safety)
    if finished.safety == .flagged {
      Console.error("atelier: the safety checker made picture \(index + 1) black")
    }
    keepForSheet(finished.image)
    if let file = output.file {
      try Data(finished.file()).write(to: URL(filePath: file), options: .atomic)
      tell(file)
    } else if let samples, !output.skipSave {
      tell(try samples.add(sample: finished.file()))
    }
  }

  /// Keeps a picture for the sheet while all of them fit one of 64 megapixels.
  private mutating func keepForSheet(_ image: PNGImage) {
    if case .none = sheet { return }
    made.append(image)
    guard made.count * image.width * image.height > 64 << 20 else { return }
    (sheet, made) = (.none, [])
    Console.error("atelier: the grid would be larger than 64 megapixels and is left out")
  }

  private mutating func writeSheet() throws {
    let image: PNGImage?
    switch sheet {
    case .none: image = nil
    case .rows(let columns): image = made.count > 1 ? try PictureGrid.make(made, columns: columns) : nil
    case .table(let table, let cells):
      image = try table.picture(zip(cells, made).map { (cell: $0, picture: $1) })
    }
    guard let image, let samples else { return }
    let file = try samples.add(grid: image)
    report.grid = file
    if !output.json { Console.output(file) }
  }

  private mutating func tell(_ file: String) {
    report.files.append(file)
    if !output.json { Console.output(file) }
  }
}
