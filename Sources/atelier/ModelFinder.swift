import Checkpoints
import FoundationEssentials
import Generation
import StableDiffusion

/// Finds models by their paths, or by their names in folders.
struct ModelFinder {
  private let library: ModelLibrary

  /// A finder that looks into `folders`; if there are none into that of another model's path and the service's own.
  init(folders: [String], beside path: String? = nil) {
    let neighbours = path.map { $0.contains("/") ? [URL(filePath: $0).deletingLastPathComponent().path] : [] }
    library = ModelLibrary(folders: folders.isEmpty ? (neighbours ?? []) + [Models.Place.standard] : folders)
  }

  /// The model of a path or a name.
  /// - Throws: `UserError` `unknown_model`, `CheckpointError` for what is wrong with it.
  func find(_ text: String) throws -> LibraryModel {
    if text.contains("/") || FileManager.default.fileExists(atPath: text) {
      let source = try ModelLibrary.open(path: text)
      return LibraryModel(description: try source.describe(), path: source.path)
    }
    let models = library.scan().models
    let description = try NameLookup.model(text, in: models.map(\.description))
    return models.first { $0.description.name == description.name } ?? models[0]
  }
}
