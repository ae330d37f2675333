import ArgumentParser
import Foundation
import Generation
import StableDiffusion

/// Flags for the files that go with a model, for styles, and for settings of noise and schedules that few change.
struct ExtraOptions: ParsableArguments {
  @Option(
    help: """
      A folder whose folders Lora, embeddings, VAE and hypernetworks (A1111's and ComfyUI's names) hold what \
      <lora:name:0.8>, <hypernet:name> and words in prompts name; repeatable. Else folders beside the model and up to \
      two above it, and the service's own models folder.
      """)
  var models: [String] = []

  @Option(
    help: "An autoencoder instead of the model's: a name in a VAE folder, a file or a diffusers folder.")
  var vae: String?

  @Option(
    parsing: .unconditionalSingleValue,
    help:
      "A LoRA's file or name and its weight, PATH[:WEIGHT]; repeatable. As a tag at the end of the prompt.")
  var lora: [String] = []

  @Option(
    name: [.customLong("style"), .customLong("styles")], help: "A style of a styles.csv, by name; repeatable."
  )
  var styles: [String] = []

  @Option(
    name: .spelled("seed-resize-from-w"),
    help: "Width the first noise is drawn at before it is centred.")
  var seedResizeWidth: Int?

  @Option(
    name: .spelled("seed-resize-from-h"),
    help: "Height the first noise is drawn at.")
  var seedResizeHeight: Int?

  @Option(
    name: .spelled("schedule-sigma-min"),
    help: "Lowest noise level of a schedule such as karras; the model's if not given.")
  var sigmaMinimum: Double?

  @Option(
    name: .spelled("schedule-sigma-max"),
    help: "Highest noise level of a schedule.")
  var sigmaMaximum: Double?

  @Option(
    name: .spelled("schedule-rho"),
    help: "ρ of karras (7) and polyexponential (1).")
  var rho: Double?

  /// What the flags come to, with the files they name found.
  struct Found {
    var files: ExtraFiles
    var vae: String?
    var tags = ""
    /// The styles of the flags, and all there are.
    var styles: [PromptStyle]
    var allStyles: [PromptStyle] = []
  }

  /// Where files are looked for that are named without a path.
  func folders(beside model: String) -> [String] { Self.folders(models, beside: model) }

  /// The folders of `--models`, else those beside a model and the service's own.
  static func folders(_ models: [String], beside model: String) -> [String] {
    models.isEmpty ? ExtraLibrary.folders(beside: model) + [Models.Place.standard] : models
  }

  /// The files in those folders that go with models.
  static func files(_ models: [String], beside model: String) -> [[ExtraFile]] {
    let libraries =
      models.isEmpty
      ? [ExtraLibrary(beside: model), ExtraLibrary(folders: [Models.Place.standard])]
      : [ExtraLibrary(folders: models)]
    return libraries.map { $0.scan().files.all }
  }

  /// Finds everything.
  /// - Throws: `UserError` for a name or path where there is nothing, `CheckpointError` for what is wrong with a file.
  func found(beside model: String) throws -> Found {
    var named: [ExtraFile] = []
    var found = Found(files: .none, styles: [])
    for text in lora { found.tags += try tag(text, &named) }
    if let vae, !vae.isEmpty {
      if FileManager.default.fileExists(atPath: vae) {
        let file = try ExtraLibrary.file(.vae, path: vae, field: "vae")
        named.append(file)
        found.vae = file.description.name
      } else {
        found.vae = vae
      }
    }
    // What is named by its path comes before what is found by its name.
    found.files = ExtraFiles.merged([named] + Self.files(models, beside: model))
    if let name = found.vae { found.vae = try found.files.find(.vae, name, field: "vae").description.name }
    let folders = folders(beside: model)
    found.allStyles = StyleFiles.read(folders.map { "\($0)/\(StyleFiles.name)" })
    found.styles = try PromptStyle.find(styles, in: found.allStyles)
    return found
  }

  /// `PATH[:WEIGHT]` or `NAME[:WEIGHT]` as the tag that means it.
  private func tag(_ text: String, _ named: inout [ExtraFile]) throws -> String {
    var (path, weight) = (text, "1")
    if let colon = text.lastIndex(of: ":"), Float(text[text.index(after: colon)...]) != nil {
      (path, weight) = (String(text[..<colon]), String(text[text.index(after: colon)...]))
    }
    var name = path
    if FileManager.default.fileExists(atPath: path) {
      let file = try ExtraLibrary.file(.lora, path: path, field: "lora")
      named.append(file)
      name = file.description.name
    }
    guard !name.contains(where: { ":<>=".contains($0) }) else {
      throw UserError(
        code: "unusable_lora", message: "--lora: expected a name without : < > =, found '\(name)'",
        field: "lora")
    }
    return "<lora:\(name):\(weight)>"
  }

  /// Puts the flags into a request.
  /// - Parameter others: Names of further styles, with `|` between them.
  /// - Throws: `UserError` `unknown_style`.
  func apply(
    _ found: Found, to request: inout GenerationRequest, styles others: String? = nil
  ) throws(UserError) {
    let names = others?.split(separator: "|").map(String.init) ?? []
    for style in try found.styles + PromptStyle.find(names, in: found.allStyles) {
      request.prompt = PromptStyle.merged(request.prompt, with: style.prompt)
      request.negativePrompt = PromptStyle.merged(request.negativePrompt, with: style.negativePrompt)
    }
    request.prompt += found.tags
    request.vae = found.vae
    (request.seedResizeWidth, request.seedResizeHeight) = (seedResizeWidth, seedResizeHeight)
    (request.scheduleSigmaMinimum, request.scheduleSigmaMaximum) = (sigmaMinimum, sigmaMaximum)
    request.scheduleRho = rho
  }
}
