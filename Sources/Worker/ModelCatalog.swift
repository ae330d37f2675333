import Generation
import Logging
import Sockets
import StableDiffusion

/// The models this worker offers: the shipped one and those found in the given folders.
///
/// Reads files on a thread of its own, so that neither the device nor the link waits for a disk.
actor ModelCatalog {
  private nonisolated let thread: ThreadExecutor
  private let library: ModelLibrary
  private let hashes: ModelHashes
  private let extraLibrary: ExtraLibrary
  private let styleFiles: [String]
  private var extras = ExtraFiles.none
  private let logger: Logger
  private var models: [LibraryModel] = []
  private var problems: [LibraryProblem] = []
  private var unreadable: Set<String> = []
  private let extraHashes: ExtraHashes

  /// Runs on the files' thread.
  nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

  /// - Parameters:
  ///   - folders: Searched in this order, after the shipped model.
  ///   - cacheFile: Where hashes are remembered.
  ///   - extraHashes: Where those of LoRAs and the like are.
  ///   - styleFiles: Files of styles beside those in the folders.
  /// - Throws: `SocketError` when no thread can be had.
  init(
    folders: [String], cacheFile: String, extraHashes: ExtraHashes, styleFiles: [String], logger: Logger
  ) throws {
    thread = try ThreadExecutor(name: "models")
    library = ModelLibrary(folders: [DemoModel.folder()].compactMap { $0 } + folders)
    hashes = ModelHashes(cacheFile: cacheFile)
    extraLibrary = ExtraLibrary(folders: folders)
    self.extraHashes = extraHashes
    self.styleFiles = folders.map { "\($0)/\(StyleFiles.name)" } + styleFiles
    self.logger = logger
  }

  /// Every model as it is on disk now, with the hashes known so far.
  func descriptions() -> [ModelDescription] {
    let contents = library.scan()
    models = contents.models
    let others = extraLibrary.scan()
    extras = others.files
    for problem in contents.problems + others.problems where !problems.contains(problem) {
      logger.warning(
        "a model cannot be used", metadata: ["model": "\(problem.name)", "reason": "\(problem.message)"])
    }
    problems = contents.problems + others.problems
    return models.map { model in
      var description = model.description
      description.sha256 = hashes.known(model)
      return description
    }
  }

  /// Computes one hash that is not known yet; false when all are.
  ///
  /// One at a time, so that a request for a model waits for at most one other's hash.
  func hashNext() -> Bool {
    let model = models.first { hashes.known($0) == nil && !unreadable.contains($0.path) }
    guard let model else { return hashNextExtra() }
    do { _ = try hashes.compute(model) } catch {
      unreadable.insert(model.path)
      logger.warning(
        "a model cannot be read", metadata: ["model": "\(model.description.name)", "reason": "\(error)"])
    }
    return true
  }

  private func hashNextExtra() -> Bool {
    let file = extras.all.first { extraHashes.known($0) == nil && !unreadable.contains($0.path) }
    guard let file else { return false }
    do { try extraHashes.compute(file) } catch {
      unreadable.insert(file.path)
      logger.warning(
        "a file cannot be read", metadata: ["file": "\(file.fileName)", "reason": "\(error)"])
    }
    return true
  }

  /// Puts the files that go with models, and styles, into capabilities, as `descriptions` found them.
  func addExtras(to capabilities: inout WorkerCapabilities) {
    func described(_ kind: ExtraKind) -> [ExtraDescription] {
      extras.files(kind).map { file in
        var description = file.description
        description.sha256 = extraHashes.known(file)
        return description
      }
    }
    (capabilities.loras, capabilities.embeddings) = (described(.lora), described(.embedding))
    (capabilities.hypernetworks, capabilities.vaes) = (described(.hypernetwork), described(.vae))
    capabilities.styles = StyleFiles.read(styleFiles)
  }

  /// The files that go with models, as they are on disk now.
  func currentExtras() -> ExtraFiles {
    extras = extraLibrary.scan().files
    return extras
  }

  /// The model of a name with its hash, and its folder.
  ///
  /// A picture's text names the hash, so that it is computed before the first picture is made: the
  /// same request gives the same bytes from the first time on.
  /// - Throws: `UserError` `model_missing`, `CheckpointError`.
  func model(named name: String) throws -> (description: ModelDescription, folder: String) {
    if !models.contains(where: { $0.description.name == name }) { _ = descriptions() }
    guard let model = models.first(where: { $0.description.name == name }) else { throw Self.missing(name) }
    var description = model.description
    do { description.sha256 = try hashes.compute(model) } catch {
      // It may have gone since somebody last looked.
      guard descriptions().contains(where: { $0.name == name }) else { throw Self.missing(name) }
      throw error
    }
    return (description, model.path)
  }

  private static func missing(_ name: String) -> UserError {
    UserError(
      code: "model_missing", message: "the model '\(name)' is no longer on the worker", field: "model")
  }
}
