import Checkpoints
import Generation
import StableDiffusion

/// The models this worker offers: the shipped one and those found in the given folders.
actor ModelCatalog {
  private let folders: [String]

  init(folders: [String]) { self.folders = folders }

  /// Every model, as capabilities show them.
  func descriptions() -> [ModelDescription] {
    guard let demo = DemoModel.folder(), let model = try? ModelFolder(path: demo).describe() else { return [] }
    return [model]
  }

  /// The model of a name and its folder.
  func model(named name: String) throws -> (description: ModelDescription, folder: String) {
    guard let demo = DemoModel.folder(), let model = descriptions().first(where: { $0.name == name }) else {
      throw UserError(code: "model_missing", message: "the model '\(name)' is no longer there", field: "model")
    }
    return (model, demo)
  }
}
