import ArgumentParser
import Checkpoints
import FoundationEssentials
import Generation
import StableDiffusion

/// `atelier models`: what models there are.
struct Models: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "models", abstract: "Looks after model files.",
    subcommands: [
      List.self, Show.self, Inspect.self, Pull.self, GetVocabulary.self, Convert.self, Prune.self, Merge.self,
      Hash.self,
    ], defaultSubcommand: List.self)

  /// Where models are looked for.
  struct Place: ParsableArguments {
    @Option(help: "A folder of models; the service's own if not given.")
    var models: String?

    @Flag(help: "JSON on standard output.")
    var json = false

    /// The folder, `${XDG_DATA_HOME:-$HOME/.local/share}/atelier/models` by default.
    var folder: String { models ?? Self.standard }

    /// The service's own folder of models.
    static var standard: String {
      let environment = ProcessInfo.processInfo.environment
      let data = environment["XDG_DATA_HOME"].flatMap { $0.isEmpty ? nil : $0 }
      return (data ?? (environment["HOME"] ?? ".") + "/.local/share") + "/atelier/models"
    }
  }

  /// `atelier models list`.
  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Lists the models in a folder.")
    @OptionGroup var place: Place

    func run() throws {
      try Failure.reported {
        let contents = ModelLibrary(folders: [place.folder]).scan()
        if let models = place.models, contents.models.isEmpty, let problem = contents.problems.first {
          throw UserError(
            code: "no_models", message: "expected models in '\(models)': \(problem.name): \(problem.message)")
        }
        if place.json { Console.output(try Models.json(contents.models.map(\.description))) }
        for model in contents.models where !place.json {
          let (description, defaults) = (model.description, model.description.defaults)
          Console.output(
            "\(description.name)\t\(description.family)\t\(description.precision)\t"
              + "\(defaults.width)x\(defaults.height)\t\(description.bytes >> 20) MB")
        }
        let extras = ExtraLibrary(folders: [place.folder]).scan()
        for file in extras.files.all where !place.json {
          let family = file.description.family ?? "-"
          Console.output(
            "\(file.description.name)\t\(file.kind.rawValue)\t\(family)\t-\t\(file.description.sizeBytes >> 10) kB"
          )
        }
        for problem in contents.problems + extras.problems {
          Console.error("atelier: \(problem.name): \(problem.message)")
        }
      }
    }
  }

  /// `atelier models show`.
  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Describes one model, with its hash.")
    @Argument(help: "A model's name in the folder, or a path.")
    var model: String
    @OptionGroup var place: Place

    func run() throws {
      try Failure.reported {
        let contents = ModelLibrary(folders: [place.folder]).scan()
        let found = contents.models.first { $0.description.name == model }
        let folder = try found?.open() ?? ModelLibrary.open(path: model)
        var description = try found?.description ?? folder.describe()
        description.sha256 = try ModelHashes(cacheFile: Models.hashCache)
          .compute(LibraryModel(description: description, path: folder.path))
        Console.output(try Models.json(description, pretty: !place.json))
      }
    }
  }

  /// Where hashes of models are remembered, and those of LoRAs and the like.
  static var hashCache: String { cache("hashes.json") }
  static var extraHashCache: String { cache("extra-hashes.json") }

  private static func cache(_ name: String) -> String {
    let environment = ProcessInfo.processInfo.environment
    let cache = environment["XDG_CACHE_HOME"].flatMap { $0.isEmpty ? nil : $0 }
    return (cache ?? (environment["HOME"] ?? ".") + "/.cache") + "/atelier/\(name)"
  }

  static func json(_ value: some Encodable, pretty: Bool = false) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting =
      pretty
      ? [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted] : [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }
}
